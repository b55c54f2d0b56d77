using System;
using System.Net;

namespace Apns.Client;

/// <summary>
/// NO_PROXY: the servers that are reached without the environment's proxy. No standard says how it reads; this takes what
/// curl, Go and Python take: <c>*</c>, a host, a domain with or without a leading dot or <c>*.</c> (its hosts are meant
/// too), an address, a network in CIDR form, each but the first and the last also with a port; separated by commas or blanks.
/// </summary>
internal static class NoProxyList
{
    private static readonly char[] Separators = [',', ' ', '\t'];

    public static bool Covers(string list, ApnsEndpoint endpoint)
    {
        foreach (string entry in list.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (CoversEntry(entry, endpoint)) return true;
        }

        return false;
    }

    private static bool CoversEntry(string entry, ApnsEndpoint endpoint)
    {
        if (entry == "*") return true;
        if (IPAddress.TryParse(endpoint.Host, out IPAddress? address) && IPNetwork.TryParse(entry, out IPNetwork network)) return network.Contains(address);
        string host = WithoutPort(entry, out int? port);
        if (port is not null && port != endpoint.Port) return false;
        if (address is not null) return IPAddress.TryParse(host, out IPAddress? same) && same.Equals(address);
        string domain = (host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host).Trim('.');
        string name = endpoint.Host.TrimEnd('.');
        return domain.Length > 0
            && (name.Equals(domain, StringComparison.OrdinalIgnoreCase) || name.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase));
    }

    private static string WithoutPort(string entry, out int? port)
    {
        port = null;
        int colon = entry.LastIndexOf(':');

        // More than one colon is an IPv6 address, which has its port after a bracket.
        bool last = colon > 0 && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] == ']');
        if (!last || !ushort.TryParse(entry.AsSpan(colon + 1), out ushort number)) return entry.Trim('[', ']');
        port = number;
        return entry[..colon].Trim('[', ']');
    }
}

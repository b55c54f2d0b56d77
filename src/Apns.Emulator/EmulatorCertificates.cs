using System;
using System.Collections.Generic;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;

namespace Apns.Emulator;

/// <summary>
/// A certificate authority and server certificates for where the emulator listens, made in memory for one emulator: a good one, and bad
/// ones when a fault asks for them. Thread-safe.
/// </summary>
internal sealed class EmulatorCertificates : IDisposable
{
    public const string Host = "localhost";

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly Lock _gate = new();
    private readonly IPAddress _address;
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private readonly X509Certificate2 _authority;
    private readonly List<X509Certificate2> _issued = [];
    private SslStreamCertificateContext? _expired;
    private SslStreamCertificateContext? _wrongHost;

    public EmulatorCertificates(IPAddress address)
    {
        _address = address;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Apns emulator root", key, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, false));
        _authority = authority.CreateSelfSigned(_now.AddDays(-1), _now.AddYears(1));
        Root = X509CertificateLoader.LoadCertificate(_authority.RawData);
        Good = Issue(Host, _now.AddMonths(6));
    }

    /// <summary>The root that clients have to trust.</summary>
    public X509Certificate2 Root { get; }

    public SslStreamCertificateContext Good { get; }

    /// <summary>The certificate that a fault wants, or the good one.</summary>
    public SslStreamCertificateContext For(EmulatorFault? fault)
    {
        lock (_gate)
        {
            return fault?.Kind switch
            {
                EmulatorFaultKind.ExpiredCertificate => _expired ??= Issue(Host, _now.AddHours(-1)),
                EmulatorFaultKind.WrongHostCertificate => _wrongHost ??= Issue("elsewhere.invalid", _now.AddMonths(6)),
                _ => Good,
            };
        }
    }

    /// <summary>Whether a host's name or address is one that the good certificate is for.</summary>
    public bool IsFor(string host) => Uri.CheckHostName(host) != UriHostNameType.Unknown && Good.TargetCertificate.MatchesHostname(host);

    public void Dispose()
    {
        lock (_gate) _issued.ForEach(static certificate => certificate.Dispose());
        _authority.Dispose();
        Root.Dispose();
    }

    /// <summary>What other machines call this one.</summary>
    private void AddNamesElsewhere(SubjectAlternativeNameBuilder names)
    {
        names.AddDnsName(Dns.GetHostName());
        if (!_address.Equals(IPAddress.Any) && !_address.Equals(IPAddress.IPv6Any))
        {
            names.AddIpAddress(_address);
            return;
        }

        foreach (NetworkInterface card in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (UnicastIPAddressInformation own in card.GetIPProperties().UnicastAddresses) names.AddIpAddress(own.Address);
        }
    }

    private SslStreamCertificateContext Issue(string host, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (host == Host)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
            if (!_address.Equals(IPAddress.Loopback) && !_address.Equals(IPAddress.IPv6Loopback)) AddNamesElsewhere(names);
        }

        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], false));
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] &= 0x7f;
        using X509Certificate2 certificate = server.Create(_authority, _now.AddDays(-1), until, serial);
        X509Certificate2 usable = certificate.CopyWithPrivateKey(key);

        // Windows' TLS cannot use the ephemeral key as it is; a PKCS#12 round trip gives it one it can.
        if (OperatingSystem.IsWindows())
        {
            using X509Certificate2 ephemeral = usable;
            usable = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
        }

        _issued.Add(usable);
        return SslStreamCertificateContext.Create(usable, null, offline: true);
    }
}

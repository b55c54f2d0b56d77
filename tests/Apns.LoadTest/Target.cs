using System;
using System.Security.Cryptography.X509Certificates;

namespace Apns.LoadTest;

/// <summary>Where to send and with what key.</summary>
internal sealed record Target(string Host, int Port, X509Certificate2Collection? Roots, string? Key, string KeyId, string TeamId)
{
    public static Target Of(LoadOptions options, EmulatorProcess? emulator)
    {
        if (emulator is not null)
        {
            return new Target(
                "localhost", emulator.Port, Read(emulator.Root), emulator.Key, Emulator.ApnsEmulator.KeyId, Emulator.ApnsEmulator.TeamId);
        }

        if (options.Key is null && options.Certificate is null) throw new FormatException("--endpoint needs --key or --certificate.");
        return new Target(options.Endpoint!.Host, options.Endpoint.Port, Read(options.Root), options.Key, options.KeyId, options.TeamId);
    }

    private static X509Certificate2Collection? Read(string? path)
    {
        if (path is null) return null;
        X509Certificate2Collection roots = [];
        roots.ImportFromPemFile(path);
        return roots;
    }
}

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.PowerShell;

/// <summary>Lets -TrustedRoot be certificates, or paths of PEM or DER files that hold them.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TrustedRootTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        ArgumentNullException.ThrowIfNull(engineIntrinsics);
        if (inputData is null) return null;
        var roots = new List<X509Certificate2>();
        foreach (object? item in inputData is IEnumerable list and not string ? list : new[] { inputData })
        {
            object? value = ScriptValues.Unwrap(item);
            switch (value)
            {
                case X509Certificate2 certificate:
                    roots.Add(certificate);
                    break;
                case string path:
                    roots.AddRange(Read(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)));
                    break;
                default:
                    throw new ArgumentTransformationMetadataException($"A {ScriptValues.KindOf(value)} is no certificate and no path of one.");
            }
        }

        return roots.ToArray();
    }

    private static X509Certificate2Collection Read(string path)
    {
        try
        {
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPemFile(path);
            if (certificates.Count == 0) certificates.Add(X509CertificateLoader.LoadCertificateFromFile(path));
            return certificates;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentTransformationMetadataException($"The trusted root '{path}' cannot be read: {e.Message} Give a PEM or DER file with a certificate.", e);
        }
    }
}

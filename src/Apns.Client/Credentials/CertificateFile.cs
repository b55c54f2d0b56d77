using System;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// Reads a certificate with its private key from a file's bytes: PKCS#12 (.p12, .pfx), or PEM, where the key may be in a
/// file of its own and the certificate may be DER (.cer), as Apple hands it out.
/// </summary>
/// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidCertificate"/>.</exception>
internal static class CertificateFile
{
    // HRESULT of ERROR_INVALID_PASSWORD, which .NET gives on every system.
    private const int WrongPassword = unchecked((int)0x80070056);

    /// <param name="source">What to call it in an error, after "the".</param>
    /// <param name="bytes">The file.</param>
    /// <param name="key">The key's own file, or empty.</param>
    /// <param name="password">Of the PKCS#12 or of the encrypted key, or empty.</param>
    /// <returns>The certificate that has the key, and those that came along. The caller owns them.</returns>
    public static (X509Certificate2 Own, X509Certificate2Collection Others) Read(string source, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key, ReadOnlySpan<char> password)
    {
        try
        {
            if (!IsPkcs12(bytes)) return ReadPem(source, bytes, key, password);
            return key.IsEmpty ? ReadPkcs12(source, bytes, password) : throw Invalid($"The {source} is PKCS#12 and brings its key along. Leave out the key's own file.");
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // The latter of a key on a curve that the system does not know.
            throw Invalid($"The {source} is not a certificate with its private key, or the password is wrong: {e.Message} Use a .p12 exported with its key, or a PEM pair.", e);
        }
    }

    private static bool IsPkcs12(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return !bytes.IsEmpty && X509Certificate2.GetCertContentType(bytes) == X509ContentType.Pfx;
        }
        catch (CryptographicException)
        {
            // A key's file, perhaps: the reading of PEM says more.
            return false;
        }
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Others) ReadPkcs12(string source, ReadOnlySpan<byte> bytes, ReadOnlySpan<char> password)
    {
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(bytes, password, PlatformCertificates.KeyStorage);
        }
        catch (CryptographicException e) when (e.HResult != WrongPassword && e is not Pkcs12LoadLimitExceededException && UsesRc2(bytes))
        {
            throw Invalid(
                $"The {source} is encrypted with RC2, which this system does not decrypt any more ({e.Message}). Write it anew and use new.pem with the password you give it: "
                + "openssl pkcs12 -legacy -in old.p12 -out new.pem",
                e);
        }

        if (all.FirstOrDefault(static certificate => certificate.HasPrivateKey) is not { } own)
        {
            DisposeAll(all);
            throw new CryptographicException("No certificate in it has a private key.");
        }

        all.Remove(own);
        return (own, all);
    }

    /// <summary>Whether one of PKCS#12's two encryptions by RC2 is named: pbeWithSHAAnd128BitRC2-CBC, pbewithSHAAnd40BitRC2-CBC (RFC 7292 appendix C).</summary>
    private static bool UsesRc2(ReadOnlySpan<byte> pkcs12)
    {
        // 1.2.840.113549.1.12.1, in front of 5 or 6.
        ReadOnlySpan<byte> family = [0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01];
        return pkcs12.IndexOf((ReadOnlySpan<byte>)[.. family, 5]) >= 0 || pkcs12.IndexOf((ReadOnlySpan<byte>)[.. family, 6]) >= 0;
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Others) ReadPem(string source, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> keyBytes, ReadOnlySpan<char> password)
    {
        using SecretBuffer<char> keyText = SecretBuffer.FromUtf8(keyBytes.IsEmpty ? bytes : keyBytes);
        using AsymmetricAlgorithm key = ReadKey(source, keyText.Span, password);
        X509Certificate2Collection all = ReadCertificates(bytes);
        try
        {
            return (TakeOwn(source, all, key), all);
        }
        catch
        {
            DisposeAll(all);
            throw;
        }
    }

    private static void DisposeAll(X509Certificate2Collection certificates)
    {
        foreach (X509Certificate2 certificate in certificates) certificate.Dispose();
    }

    private static X509Certificate2Collection ReadCertificates(ReadOnlySpan<byte> bytes)
    {
        X509Certificate2Collection all = [];
        using SecretBuffer<char> text = SecretBuffer.FromUtf8(bytes);
        all.ImportFromPem(text.Span);
        if (all.Count == 0) all.Add(X509CertificateLoader.LoadCertificate(bytes));
        return all;
    }

    private static AsymmetricAlgorithm ReadKey(string source, ReadOnlySpan<char> pem, ReadOnlySpan<char> password)
    {
        if (pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw Invalid($"The key of the {source} is encrypted in OpenSSL's old way. Write it anew and give it as a file of its own (-CertificateKeyPath): openssl pkcs8 -topk8 -in old.pem -out new.pem");
        }

        bool encrypted = pem.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal);
        if (encrypted && password.IsEmpty) throw Invalid($"The key of the {source} is encrypted. Give its password (-CertificatePassword).");
        if (!encrypted && !pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw Invalid($"There is no private key in the {source}. Give the key's PEM file too (-CertificateKeyPath), or use a .p12 exported with its key.");
        }

        // PKCS#8 does not say in its label of which kind the key is: Apple's certificates have RSA keys, others may have EC keys.
        Exception? failure = null;
        foreach (Func<AsymmetricAlgorithm> create in (ReadOnlySpan<Func<AsymmetricAlgorithm>>)[RSA.Create, ECDsa.Create])
        {
            AsymmetricAlgorithm key = create();
            try
            {
                if (encrypted) key.ImportFromEncryptedPem(pem, password);
                else key.ImportFromPem(pem);
                return key;
            }
            catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException or ArgumentException)
            {
                key.Dispose();
                failure = e is ArgumentException ? failure : e;
            }
        }

        throw Invalid($"The key of the {source} cannot be read{(encrypted ? ", or its password is wrong" : "")}. Give an RSA or EC key in PEM.", failure);
    }

    /// <summary>Takes out the certificate that the key belongs to, and joins them.</summary>
    private static X509Certificate2 TakeOwn(string source, X509Certificate2Collection all, AsymmetricAlgorithm key)
    {
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();
        X509Certificate2 bare = all.FirstOrDefault(certificate => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))
            ?? throw Invalid($"The {source} and its key do not belong together. Give the key that the certificate was requested with.");
        all.Remove(bare);
        using (bare) return key is RSA rsa ? bare.CopyWithPrivateKey(rsa) : bare.CopyWithPrivateKey((ECDsa)key);
    }

    private static ApnsException Invalid(string message, Exception? cause = null) => new(ApnsErrorKind.InvalidCertificate, message, cause);
}

using System;
using System.IO;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using Apns.Client;
using Apns.Emulator;

namespace Apns.PowerShell.Commands;

/// <summary>What the cmdlets that connect share: the parameters that say where to connect, with what, and how.</summary>
public abstract class ApnsConnectionCmdlet : ApnsCmdlet
{
    private protected const string KeySet = "Key";
    private protected const string KeyTextSet = "KeyText";
    private protected const string CertificateFileSet = "CertificateFile";
    private protected const string CertificateSet = "Certificate";
    private protected const string CertificateStoreSet = "CertificateStore";
    private protected const string EmulatorSet = "Emulator";

    /// <summary>The signing key's file, as downloaded: AuthKey_KEYID.p8.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public string KeyPath { get; set; } = "";

    /// <summary>The signing key itself: its text, its bytes, or either of them as a secure string, as Get-Secret gives it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = KeyTextSet)]
    [SigningKeyTransformation]
    public SecureString? Key { get; set; }

    /// <summary>The key's id. Left out, it is read from a file name of the form AuthKey_KEYID.p8.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(Mandatory = true, ParameterSetName = KeyTextSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyIdCompleter))]
    public string? KeyId { get; set; }

    /// <summary>The developer team's id.</summary>
    [Parameter(Mandatory = true, ParameterSetName = KeySet)]
    [Parameter(Mandatory = true, ParameterSetName = KeyTextSet)]
    [ValidateNotNullOrEmpty]
    public string TeamId { get; set; } = "";

    /// <summary>A client certificate's file: .p12, .pfx, or PEM with certificate and key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CertificateFileSet)]
    [ValidateNotNullOrEmpty]
    public string CertificatePath { get; set; } = "";

    /// <summary>The file of the certificate's key, in PEM.</summary>
    [Parameter(ParameterSetName = CertificateFileSet)]
    [ValidateNotNullOrEmpty]
    public string? CertificateKeyPath { get; set; }

    /// <summary>The password of the .p12 or of the encrypted key.</summary>
    [Parameter(ParameterSetName = CertificateFileSet)]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>A client certificate with its private key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CertificateSet)]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The thumbprint of a client certificate in the system's store My.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CertificateStoreSet)]
    [ValidateNotNullOrEmpty]
    public string CertificateThumbprint { get; set; } = "";

    /// <summary>Whose store; left out, the current user's and then the machine's.</summary>
    [Parameter(ParameterSetName = CertificateStoreSet)]
    public StoreLocation? CertificateStoreLocation { get; set; }

    /// <summary>An emulator of Start-ApnsEmulator: endpoint, root and key are taken from it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = EmulatorSet)]
    public ApnsEmulator? Emulator { get; set; }

    /// <summary>The topic of notifications that name none: the app's bundle id.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string? Topic { get; set; }

    /// <summary>Which of Apple's environments.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    public ApnsEnvironment Environment { get; set; } = ApnsEnvironment.Production;

    /// <summary>TCP port; Apple serves 443 and 2197.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(UsualValueCompleter))]
    public int Port { get; set; } = ApnsEndpoint.DefaultPort;

    /// <summary>Another server than Apple's: host, host:port, or https://host:port.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    [ValidateNotNullOrEmpty]
    public string? Endpoint { get; set; }

    /// <summary>Roots to trust instead of the operating system's: certificates, or paths of PEM or DER files.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    [TrustedRootTransformation]
    public X509Certificate2[]? TrustedRoot { get; set; }

    /// <summary>The proxy: http://host:port, https://host:port or socks5://host:port. Left out, the environment and the system say.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    [Parameter(ParameterSetName = EmulatorSet)]
    [ValidateNotNullOrEmpty]
    public string? Proxy { get; set; }

    /// <summary>User name and password for the proxy.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    [ValidateNotNull]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Connects directly, whatever the environment and the system say.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    public SwitchParameter NoProxy { get; set; }

    /// <summary>Connects to IPv4 addresses only.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    public SwitchParameter IPv4 { get; set; }

    /// <summary>Connects to IPv6 addresses only.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    public SwitchParameter IPv6 { get; set; }

    /// <summary>Seconds that a notification may take from being taken in to its answer, and connecting, the latter at most 20.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 60;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The copy that the transformation made.
        if (disposing) Key?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Production, Development, Emulator or Custom.</summary>
    private protected string EnvironmentName => ParameterSetName == EmulatorSet ? "Emulator" : Endpoint is not null ? "Custom" : Environment.ToString();

    /// <summary>Where to connect.</summary>
    private protected ApnsEndpoint ChooseEndpoint()
    {
        if (ParameterSetName == EmulatorSet)
        {
            if (Emulator!.IsStopped) ThrowTerminatingError(ErrorRecords.InvalidArgument("EmulatorStopped", "The emulator was stopped. Start another with Start-ApnsEmulator.", Emulator));
            return new ApnsEndpoint(Emulator.Host, Emulator.Port);
        }

        return Endpoint is null ? ApnsEndpoint.For(Environment, Port) : ParseEndpoint(Endpoint);
    }

    /// <summary>An endpoint as people write it.</summary>
    private protected ApnsEndpoint ParseEndpoint(string endpoint)
    {
        string text = endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}";
        bool usable = Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host.Length > 0 && uri.PathAndQuery == "/";
        if (!usable)
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument("InvalidEndpoint", $"'{endpoint}' is no endpoint. Give a host, host:port, or https://host:port.", endpoint));
        }

        // A port in the endpoint wins; else -Port says it.
        int colon = text.TrimEnd('/', ':').LastIndexOf(':');
        bool hasPort = colon >= "https://".Length && colon > text.LastIndexOf(']');
        return new ApnsEndpoint(uri!.IdnHost, hasPort ? uri.Port : Port);
    }

    /// <summary>The key or certificate; the caller disposes it.</summary>
    /// <exception cref="ApnsException">It cannot be used.</exception>
    private protected ApnsCredential ReadCredential()
    {
        switch (ParameterSetName)
        {
            case EmulatorSet:
                return new ApnsKeyCredential(Emulator!.ExportSigningKey(), ApnsEmulator.KeyId, ApnsEmulator.TeamId);
            case CertificateSet:
                return new ApnsCertificateCredential(Certificate!);
            case CertificateStoreSet:
                return ApnsCertificateCredential.FromStore(CertificateThumbprint, CertificateStoreLocation);
            case CertificateFileSet:
                using (var password = new PlainText(CertificatePassword))
                {
                    return ApnsCertificateCredential.FromFile(FullPath(CertificatePath), password.Span, CertificateKeyPath is null ? null : FullPath(CertificateKeyPath));
                }

            case KeyTextSet:
                using (var key = new PlainText(Key))
                {
                    return new ApnsKeyCredential(key.Span, KeyId!, TeamId);
                }

            default:
                return ApnsKeyCredential.FromFile(FullPath(KeyPath), KeyId ?? KeyIdOf(FullPath(KeyPath)), TeamId);
        }
    }

    /// <summary>What the parameters say of connecting.</summary>
    private protected ApnsClientOptions BuildOptions(ApnsEndpoint endpoint, ApnsCredential credential)
    {
        X509Certificate2[]? roots = ParameterSetName == EmulatorSet ? [Emulator!.RootCertificate] : TrustedRoot;
        return WithTimeout(new ApnsClientOptions
        {
            Credential = credential,
            Endpoint = endpoint,
            TrustedRoots = roots is null ? null : new X509Certificate2Collection(roots),
            Topic = Topic,
            Proxy = ChooseProxy(),
            AddressFamily = ChooseAddressFamily(),
        });
    }

    /// <summary>The options with the time that the parameters give.</summary>
    private protected ApnsClientOptions WithTimeout(ApnsClientOptions options)
    {
        TimeSpan timeout = TimeSpan.FromSeconds(TimeoutSec);
        return options with { Timeout = timeout, ConnectTimeout = timeout < options.ConnectTimeout ? timeout : options.ConnectTimeout };
    }

    private ApnsProxy ChooseProxy()
    {
        if (NoProxy && (Proxy is not null || ProxyCredential is not null)) ThrowTerminatingError(ErrorRecords.Conflict("-NoProxy", Proxy is null ? "-ProxyCredential" : "-Proxy"));
        if (NoProxy) return ApnsProxy.None;

        // The user name as it is: with a domain, the proxy has to be told both.
        NetworkCredential? credential = ProxyCredential is null ? null : new NetworkCredential(ProxyCredential.UserName.TrimStart('\\'), ProxyCredential.Password);
        try
        {
            return Proxy is null ? ApnsProxy.FromSystem(credential) : ApnsProxy.At(Proxy, credential);
        }
        catch (FormatException e)
        {
            // No target: it may hold a password.
            ThrowTerminatingError(ErrorRecords.InvalidArgument("InvalidProxy", e.Message, null));
            throw;
        }
    }

    private AddressFamily ChooseAddressFamily()
    {
        if (IPv4 && IPv6) ThrowTerminatingError(ErrorRecords.Conflict("-IPv4", "-IPv6"));
        return IPv4 ? AddressFamily.InterNetwork : IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.Unspecified;
    }

    private string KeyIdOf(string path)
    {
        string? id = KeyFile.IdOf(path);

        // That a file is missing is said by reading it.
        if (id is null && File.Exists(path))
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument("MissingKeyId", $"The file name '{Path.GetFileName(path)}' does not tell the key's id. Give it with -KeyId.", path));
        }

        return id ?? "";
    }
}

namespace Apns.Client;

/// <summary>What a simulator is pushed to with: it asks for nothing.</summary>
internal sealed class NoCredential : ApnsCredential
{
    /// <inheritdoc/>
    public override string ToString() => "no credential";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}

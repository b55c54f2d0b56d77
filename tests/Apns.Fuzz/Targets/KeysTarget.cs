using System;
using System.Text;
using Apns.Client;

namespace Apns.Fuzz;

/// <summary>A signing key's file, as bytes and as text: a credential that signs, or the error that says that it is none.</summary>
internal sealed class KeysTarget : FuzzTarget
{
    // Twelve bytes in base64: nothing of that length may be repeated.
    private const int MostTold = 16;

    public override string Name => "keys";

    public override void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        byte[] bytes = input.ToArray();
        Read(text, () => new ApnsKeyCredential(bytes.AsSpan(), Keys.KeyId, Keys.TeamId));
        Read(text, () => new ApnsKeyCredential(text.AsSpan(), Keys.KeyId, Keys.TeamId));
    }

    private static void Read(string text, Func<ApnsKeyCredential> read)
    {
        try
        {
            using ApnsKeyCredential credential = read();
            Promise(credential.IssueProviderToken(DateTimeOffset.UnixEpoch) is { } token && token.Authorization.Length > 0, "a key signs");
        }
        catch (ApnsException e)
        {
            Promise(e.Kind == ApnsErrorKind.InvalidKey, "it is told that the key is at fault");
            for (int i = 0; i + MostTold <= Math.Min(text.Length, 1000); i += MostTold / 2)
            {
                Promise(!e.Message.Contains(text.AsSpan(i, MostTold), StringComparison.Ordinal), "nothing of a key is told");
            }
        }
    }
}

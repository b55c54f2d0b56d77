using System;
using System.Text;
using Apns.Client;

namespace Apns.Fuzz;

/// <summary>A signing key's file, as bytes and as text: a credential that signs, or the error that says that it is none.</summary>
internal sealed class KeysTarget : FuzzTarget
{
    // A line of base64, half of it: nothing of that length may be repeated.
    private const int MostRepeated = 32;

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
            for (int i = 0; i + MostRepeated <= text.Length && i < 1000; i += MostRepeated / 2)
            {
                Promise(!e.Message.Contains(text.AsSpan(i, MostRepeated / 2), StringComparison.Ordinal), "nothing of a key is told");
            }
        }
    }
}

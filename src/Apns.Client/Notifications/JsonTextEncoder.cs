using System;
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Apns.Client;

/// <summary>
/// Escapes only what JSON wants escaped (RFC 8259 section 7). APNs counts bytes, and the runtime's encoders, however
/// relaxed, make twelve of an emoji's four.
/// </summary>
internal sealed unsafe class JsonTextEncoder : JavaScriptEncoder
{
    public static readonly JsonTextEncoder Instance = new();

    // Surrogates too: pairs are let through one by one, and half a pair becomes the replacement character.
    private static readonly SearchValues<char> Noticed = SearchValues.Create("\"\\" + Characters('\0', ' ') + Characters('\uD800', '\uE000'));

    private JsonTextEncoder()
    {
    }

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar is '"' or '\\' or < ' ';

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength) => new ReadOnlySpan<char>(text, textLength).IndexOfAny(Noticed);

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        string text = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\b' => "\\b",
            '\f' => "\\f",
            < ' ' => $"\\u{unicodeScalar:x4}",
            _ => char.ConvertFromUtf32(unicodeScalar),
        };
        bool fits = text.TryCopyTo(new Span<char>(buffer, bufferLength));
        numberOfCharactersWritten = fits ? text.Length : 0;
        return fits;
    }

    private static string Characters(char first, char end)
    {
        var characters = new StringBuilder(end - first);
        for (char c = first; c < end; c++) characters.Append(c);
        return characters.ToString();
    }
}

using System;
using System.Linq;
using System.Management.Automation;
using System.Security;

namespace Apns.PowerShell;

/// <summary>
/// Lets -Key be text, lines of text, bytes, or a secure string. What comes out is always a secure string of its own, for
/// the cmdlet to dispose; bytes are in it as base64. No error repeats any of the key.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SigningKeyTransformationAttribute : ArgumentTransformationAttribute
{
    // The most that a secure string takes; a key has some 250 characters.
    private const int MaxLength = 65_536;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ScriptValues.Unwrap(inputData) switch
    {
        null => null,
        SecureString secure => secure.Copy(),
        string text => FromText(text),
        byte[] bytes => FromBytes(bytes),
        object[] items => FromItems(items),
        { } other => throw Unusable($"A {ScriptValues.KindOf(other)} is no signing key."),
    };

    /// <summary>What Get-Content gives: lines, or single bytes.</summary>
    private static SecureString FromItems(object[] items)
    {
        object?[] values = [.. items.Select(ScriptValues.Unwrap)];
        if (values.All(static value => value is string)) return FromText(string.Join('\n', values));
        return values.All(static value => value is byte) ? FromBytes([.. values.Cast<byte>()]) : throw Unusable("A list of other things than lines or bytes is no signing key.");
    }

    private static SecureString FromBytes(byte[] bytes)
    {
        if (bytes.Length > MaxLength / 4 * 3) throw Unusable("That is too long for a signing key.");
        char[] base64 = new char[(bytes.Length + 2) / 3 * 4];
        try
        {
            Convert.ToBase64CharArray(bytes, 0, bytes.Length, base64, 0);
            return Protect(base64);
        }
        finally
        {
            Array.Clear(base64);
        }
    }

    private static SecureString FromText(string text)
    {
        if (text.Length > MaxLength) throw Unusable("That is too long for a signing key.");
        return text.EndsWith(".p8", StringComparison.OrdinalIgnoreCase) ? throw Unusable("-Key takes the key itself.") : Protect(text);
    }

    private static SecureString Protect(ReadOnlySpan<char> text)
    {
        var secure = new SecureString();
        foreach (char c in text) secure.AppendChar(c);
        secure.MakeReadOnly();
        return secure;
    }

    private static ArgumentTransformationMetadataException Unusable(string what) =>
        new($"{what} Give the text of the .p8 file, its bytes, or a secure string of either; a file's path goes to -KeyPath.");
}

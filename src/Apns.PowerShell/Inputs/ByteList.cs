using System.Collections;

namespace Apns.PowerShell;

/// <summary>Bytes as scripts hold them: an array, or a list that a pipeline made of one, as Get-Content -AsByteStream does.</summary>
internal static class ByteList
{
    /// <summary>The bytes, or null when the value is no list of bytes, or an empty one.</summary>
    public static byte[]? Gather(object? value)
    {
        if (value is byte[] { Length: > 0 } bytes) return bytes;
        if (value is not IList { Count: > 0 } list) return null;
        byte[]? gathered = null;
        for (int i = 0; i < list.Count; i++)
        {
            if (ScriptValues.Unwrap(list[i]) is not byte item) return null;
            gathered ??= new byte[list.Count];
            gathered[i] = item;
        }

        return gathered;
    }
}

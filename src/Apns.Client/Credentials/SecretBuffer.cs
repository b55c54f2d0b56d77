using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Apns.Client;

/// <summary>Bytes or characters of a secret, zeroed when disposed.</summary>
internal readonly ref struct SecretBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly T[] _items;

    public SecretBuffer(T[] items) => _items = items;

    public Span<T> Span => _items;

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(Span));
}

/// <summary>Makes them.</summary>
internal static class SecretBuffer
{
    public static SecretBuffer<char> FromUtf8(ReadOnlySpan<byte> text)
    {
        char[] chars = new char[Encoding.UTF8.GetCharCount(text)];
        Encoding.UTF8.GetChars(text, chars);
        return new SecretBuffer<char>(chars);
    }
}

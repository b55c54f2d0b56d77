using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Text;

namespace Apns.Client.Tests;

/// <summary>The first message of TLS, as it is on the wire (RFC 5246 section 7.4.1.2, RFC 8446 section 4.1.2).</summary>
internal sealed class ClientHello
{
    private readonly Dictionary<ushort, byte[]> _extensions = [];
    private readonly ushort _version;

    private ClientHello(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> rest = message[4..];
        _version = BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[34..];
        Take(ref rest, 1);
        CipherSuites = Numbers(Take(ref rest, 2));
        CompressionMethods = Take(ref rest, 1).ToArray();
        for (ReadOnlySpan<byte> list = Take(ref rest, 2); !list.IsEmpty;)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(list);
            list = list[2..];
            _extensions.Add(type, Take(ref list, 2).ToArray());
        }
    }

    public ushort[] CipherSuites { get; }

    public byte[] CompressionMethods { get; }

    /// <summary>The versions on offer: 0x0303 is TLS 1.2.</summary>
    public ushort[] Versions => _extensions.TryGetValue(43, out byte[]? list) ? Numbers(list.AsSpan(1)) : [_version];

    public ushort[] Groups => Numbers(_extensions[10].AsSpan(2));

    public string ServerName => Encoding.ASCII.GetString(_extensions[0].AsSpan(5));

    /// <summary>The protocols on offer by ALPN.</summary>
    public string[] Protocols
    {
        get
        {
            var protocols = new List<string>();
            for (ReadOnlySpan<byte> list = _extensions[16].AsSpan(2); !list.IsEmpty;) protocols.Add(Encoding.ASCII.GetString(Take(ref list, 1)));
            return [.. protocols];
        }
    }

    /// <summary>Whether a server may ask for a certificate after the handshake (RFC 8446 section 4.2.6).</summary>
    public bool OffersPostHandshakeAuthentication => _extensions.ContainsKey(49);

    /// <summary>Reads it from a client that has just connected.</summary>
    public static ClientHello Read(Socket socket)
    {
        socket.ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds;
        using var stream = new NetworkStream(socket);
        byte[] record = new byte[5];
        stream.ReadExactly(record);
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(3))];
        stream.ReadExactly(message);
        return new ClientHello(message);
    }

    private static ushort[] Numbers(ReadOnlySpan<byte> list)
    {
        ushort[] numbers = new ushort[list.Length / 2];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadUInt16BigEndian(list[(2 * i)..]);
        return numbers;
    }

    /// <summary>Takes a list with its length before it.</summary>
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int lengthBytes)
    {
        int length = lengthBytes == 1 ? rest[0] : BinaryPrimitives.ReadUInt16BigEndian(rest);
        ReadOnlySpan<byte> list = rest.Slice(lengthBytes, length);
        rest = rest[(lengthBytes + length)..];
        return list;
    }
}

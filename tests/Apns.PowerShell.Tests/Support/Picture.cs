using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Text;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>A PNG file as browsers write it: 8 bits a channel, not interlaced (ISO/IEC 15948).</summary>
internal sealed class Picture
{
    private readonly byte[] _pixels;
    private readonly int _channels;

    private Picture(int width, int height, int channels, byte[] pixels)
    {
        (Width, Height, _channels, _pixels) = (width, height, channels, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    public static Picture Read(string file)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file).AsSpan(8);
        ReadOnlySpan<byte> header = default;
        var data = new MemoryStream();
        while (!bytes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            string type = Encoding.ASCII.GetString(bytes[4..8]);
            ReadOnlySpan<byte> content = bytes.Slice(8, length);
            if (type == "IHDR") header = content;
            if (type == "IDAT") data.Write(content);
            bytes = bytes[(length + 12)..];
        }

        int width = BinaryPrimitives.ReadInt32BigEndian(header);
        int height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        Assert.Equal((8, 0), (header[8], header[12]));
        int channels = header[9] == 6 ? 4 : 3;
        data.Position = 0;
        return new Picture(width, height, channels, Unfilter(data, width * channels, height, channels));
    }

    /// <summary>How many points have a colour, given as 0xRRGGBB.</summary>
    public int Count(int colour)
    {
        int count = 0;
        for (int at = 0; at < _pixels.Length; at += _channels)
        {
            if (((_pixels[at] << 16) | (_pixels[at + 1] << 8) | _pixels[at + 2]) == colour) count++;
        }

        return count;
    }

    private static byte[] Unfilter(Stream data, int row, int height, int channels)
    {
        byte[] pixels = new byte[row * height];
        byte[] above = new byte[row];
        using var unpacked = new ZLibStream(data, CompressionMode.Decompress);
        for (int y = 0; y < height; y++)
        {
            int filter = unpacked.ReadByte();
            Span<byte> line = pixels.AsSpan(y * row, row);
            unpacked.ReadExactly(line);
            for (int x = 0; x < row; x++)
            {
                int left = x < channels ? 0 : line[x - channels];
                int corner = x < channels ? 0 : above[x - channels];
                line[x] += (byte)(filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => above[x],
                    3 => (left + above[x]) / 2,
                    _ => Paeth(left, above[x], corner),
                });
            }

            line.CopyTo(above);
        }

        return pixels;
    }

    private static int Paeth(int left, int above, int corner)
    {
        int guess = left + above - corner;
        int toLeft = Math.Abs(guess - left);
        int toAbove = Math.Abs(guess - above);
        int toCorner = Math.Abs(guess - corner);
        if (toLeft <= toAbove && toLeft <= toCorner) return left;
        return toAbove <= toCorner ? above : corner;
    }
}

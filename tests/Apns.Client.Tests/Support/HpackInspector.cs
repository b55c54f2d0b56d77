using System.Collections.Generic;
using System.IO;

namespace Apns.Client.Tests;

/// <summary>How one field of a header block is coded (RFC 7541 section 6).</summary>
/// <param name="Form">Which representation.</param>
/// <param name="Index">The index of the field or of its name; 0 when the name is a literal.</param>
/// <param name="Length">Bytes it takes.</param>
internal readonly record struct FieldCoding(FieldForm Form, int Index, int Length);

internal enum FieldForm
{
    Indexed,
    LiteralIndexed,
    LiteralNotIndexed,
    LiteralNeverIndexed,
    SizeUpdate,
}

/// <summary>Looks at a header block's coding, apart from the decoder: one entry for each field, in order.</summary>
internal static class HpackInspector
{
    public static List<FieldCoding> Inspect(byte[] block)
    {
        var fields = new List<FieldCoding>();
        int position = 0;
        while (position < block.Length)
        {
            int start = position;
            byte first = block[position];
            (FieldForm form, int prefix) = first switch
            {
                >= 0x80 => (FieldForm.Indexed, 7),
                >= 0x40 => (FieldForm.LiteralIndexed, 6),
                >= 0x20 => (FieldForm.SizeUpdate, 5),
                >= 0x10 => (FieldForm.LiteralNeverIndexed, 4),
                _ => (FieldForm.LiteralNotIndexed, 4),
            };
            int index = ReadInteger(block, ref position, prefix);
            if (form is not (FieldForm.Indexed or FieldForm.SizeUpdate))
            {
                if (index == 0) SkipString(block, ref position);
                SkipString(block, ref position);
            }

            fields.Add(new FieldCoding(form, index, position - start));
        }

        if (position != block.Length) throw new InvalidDataException("the block ends within a field");
        return fields;
    }

    private static void SkipString(byte[] block, ref int position)
    {
        int length = ReadInteger(block, ref position, 7);
        position += length;
    }

    private static int ReadInteger(byte[] block, ref int position, int prefixBits)
    {
        int limit = (1 << prefixBits) - 1;
        int value = block[position++] & limit;
        if (value < limit) return value;
        for (int shift = 0; ; shift += 7)
        {
            byte b = block[position++];
            value += (b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }
}

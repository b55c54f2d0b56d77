using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace Apns.Host.StandIns;

/// <summary>Converts the argument of an -Encoding parameter, by the names that the real cmdlets know.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextEncodingAttribute : ArgumentTransformationAttribute
{
    private static readonly Dictionary<string, Encoding> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = new UTF8Encoding(false),
        ["utf8NoBOM"] = new UTF8Encoding(false),
        ["utf8BOM"] = new UTF8Encoding(true),
        ["ascii"] = Encoding.ASCII,
        ["latin1"] = Encoding.Latin1,
        ["ansi"] = Encoding.Latin1,
        ["oem"] = Encoding.Latin1,
        ["unicode"] = Encoding.Unicode,
        ["bigEndianUnicode"] = Encoding.BigEndianUnicode,
        ["utf32"] = Encoding.UTF32,
    };

    /// <summary>What is written where no encoding is named.</summary>
    public static Encoding Default => Known["utf8NoBOM"];

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            Encoding encoding => encoding,
            string name when Known.TryGetValue(name, out Encoding? encoding) => encoding,
            _ => throw new ArgumentTransformationMetadataException(
                $"'{value}' is not a supported encoding; use one of: {string.Join(", ", Known.Keys.Order(StringComparer.Ordinal))}."),
        };
    }
}

using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Apns.PowerShell.Report;

/// <summary>Makes HTML of elements, so that whatever text is in them is encoded.</summary>
internal static class Html
{
    // All others need an end tag, since HTML does not know <div />.
    private static readonly HashSet<string> Void = ["meta"];

    public static XElement Element(string name, string? cssClass, params object?[] content) =>
        new(name, cssClass is null ? null : new XAttribute("class", cssClass), content);

    public static XElement Div(string cssClass, params object?[] content) => Element("div", cssClass, content);

    public static XElement Span(string cssClass, params object?[] content) => Element("span", cssClass, content);

    public static XElement Paragraph(string? cssClass, params object?[] content) => Element("p", cssClass, content);

    public static XAttribute Style(string style) => new("style", style);

    /// <summary>For eyes only: what it shows is said elsewhere.</summary>
    public static XAttribute Hidden() => new("aria-hidden", "true");

    /// <summary>Writes a page.</summary>
    public static void Save(XElement page, Stream stream)
    {
        foreach (XElement element in page.DescendantsAndSelf())
        {
            foreach (XAttribute attribute in element.Attributes()) attribute.Value = Clean(attribute.Value);
            if (element.IsEmpty && !Void.Contains(element.Name.LocalName)) element.Value = "";
        }

        foreach (XText text in page.DescendantNodes().OfType<XText>()) text.Value = Clean(text.Value);
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };
        using XmlWriter writer = XmlWriter.Create(stream, settings);
        new XDocument(new XDocumentType("html", null, null, null), page).Save(writer);
    }

    /// <summary>Without characters that no document can hold.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) clean.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }
}

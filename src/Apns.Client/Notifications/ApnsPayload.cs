using System.Buffers;
using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Apns.Client;

/// <summary>
/// The parts of a payload, by the names of Apple's "Generating a remote notification". Parts left null are left out:
/// a badge of 0 is sent, and clears the badge.
/// </summary>
public sealed record ApnsPayload
{
    // Relaxed: letters beyond ASCII go out as they are, since the limit counts bytes and \u swells them up to six times.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The alert's text: alone it is sent as a plain string, beside a title or subtitle as the body.</summary>
    public string? Alert { get; init; }

    /// <summary>The alert's body, as part of a dictionary even when it is alone; takes the place of <see cref="Alert"/>.</summary>
    public string? Body { get; init; }

    /// <summary>The alert's title.</summary>
    public string? Title { get; init; }

    /// <summary>The alert's subtitle.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The number on the app's icon; 0 clears it.</summary>
    public int? Badge { get; init; }

    /// <summary>The sound's file name, or <c>default</c>.</summary>
    public string? Sound { get; init; }

    /// <summary>The notification's category.</summary>
    public string? Category { get; init; }

    /// <summary>Groups related notifications.</summary>
    public string? ThreadId { get; init; }

    /// <summary>Wakes the app in the background.</summary>
    public bool ContentAvailable { get; init; }

    /// <summary>The app's own keys, beside <c>aps</c>: dictionaries, lists and plain values of any depth.</summary>
    public IDictionary? Data { get; init; }

    /// <summary>Writes the payload as JSON in UTF-8, without spaces.</summary>
    /// <returns>The bytes for <see cref="ApnsNotification.Payload"/>.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: the data cannot be written, or holds a key <c>aps</c>.</exception>
    public byte[] ToUtf8Json()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteAps(json);
            foreach (DictionaryEntry entry in Data ?? EmptyData)
            {
                string name = JsonValues.KeyOf(entry);
                if (name == "aps") throw new ApnsException(ApnsErrorKind.InvalidNotification, "The data holds a key 'aps', which belongs to Apple; give the whole payload instead.");
                json.WritePropertyName(name);
                JsonValues.Write(json, entry.Value);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a whole payload, <c>aps</c> included, as JSON in UTF-8, without spaces.</summary>
    /// <param name="payload">Dictionaries, lists and plain values of any depth.</param>
    /// <returns>The bytes for <see cref="ApnsNotification.Payload"/>.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: something in it cannot be written as JSON.</exception>
    public static byte[] ToUtf8Json(IDictionary payload)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options)) JsonValues.Write(json, payload);
        return buffer.WrittenSpan.ToArray();
    }

    private static IDictionary EmptyData { get; } = new Hashtable();

    private void WriteAps(Utf8JsonWriter json)
    {
        json.WriteStartObject("aps");
        if (Title is not null || Subtitle is not null || Body is not null)
        {
            json.WriteStartObject("alert");
            WriteString(json, "title", Title);
            WriteString(json, "subtitle", Subtitle);
            WriteString(json, "body", Body ?? Alert);
            json.WriteEndObject();
        }
        else
        {
            WriteString(json, "alert", Alert);
        }

        if (Badge is { } badge) json.WriteNumber("badge", badge);
        WriteString(json, "sound", Sound);
        WriteString(json, "thread-id", ThreadId);
        WriteString(json, "category", Category);
        if (ContentAvailable) json.WriteNumber("content-available", 1);
        json.WriteEndObject();
    }

    private static void WriteString(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null) return;
        json.WritePropertyName(name);
        JsonValues.WriteText(json, value);
    }
}

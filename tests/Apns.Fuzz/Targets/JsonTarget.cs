using System;
using System.Collections;
using System.Collections.Specialized;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Apns.Client;
using Apns.Emulator;
using Apns.PowerShell;

namespace Apns.Fuzz;

/// <summary>
/// JSON wherever it is read: as a payload by the client and by the emulator, who must agree about it; as data for a
/// payload; as an answer about channels; as a request for one.
/// </summary>
internal sealed class JsonTarget : FuzzTarget
{
    private static readonly string[] PushTypes = ["alert", "background", "liveactivity", "mdm", "widgets"];

    public override string Name => "json";

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length is 0 or > JsonBody.MaxDepth) return;
        byte[] bytes = input.ToArray();
        bool sendable = Accepts(() => PayloadCheck.Check(bytes, bytes.Length, "a push"));
        Promise(sendable == JsonBody.IsObject(input), "client and emulator agree about a payload");
        string text = Encoding.UTF8.GetString(input);
        foreach (string type in PushTypes) Promise(Apns.Emulator.PayloadRules.Check(text, type) is not null, "what is wrong with a payload is told");
        JsonBody.Check(input, static body => body.TryGetProperty("push-type", out JsonElement type) ? type.GetString() : null);

        Accepts(() => ChannelAnswer.ReadChannel(bytes, "com.example.app", "id"));
        Accepts(() => ChannelAnswer.ReadList(bytes, "com.example.app"));
        Accepts(() => ApnsPayload.ToUtf8Json(Data(text)));
        Accepts(() => new ApnsPayload { Alert = "Hi", Data = Data(text) }.ToUtf8Json());
        Accepts(() => new ApnsPayload { Event = ApnsActivityEvent.Update, ContentState = Data(text) }.ToUtf8Json(ApnsPushType.LiveActivity));

        // Texts of scripts may hold half a character.
        string wide = new(MemoryMarshal.Cast<byte, char>(input));
        Accepts(() => new ApnsPayload { Alert = wide, Data = new OrderedDictionary { [wide] = wide } }.ToUtf8Json());
        Accepts(() => new ApnsPayload { Title = "Hi", Body = wide + text }.ToUtf8Json(ApnsPushType.Alert, truncate: true));
    }

    private static IDictionary Data(string json)
    {
        try
        {
            return (IDictionary)NotificationValue.Read(json, typeof(IDictionary))!;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new ApnsException(ApnsErrorKind.InvalidNotification, e.Message);
        }
    }

    private static bool Accepts(Func<object> read)
    {
        try
        {
            return read() is not null;
        }
        catch (ApnsException)
        {
            return false;
        }
    }
}

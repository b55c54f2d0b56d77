using System;

namespace Apns.Emulator;

/// <summary>The rules of the hosts that take pushes to devices and broadcasts.</summary>
internal sealed class PushRules : IRequestRules
{
    private readonly DeviceRules _devices;
    private readonly BroadcastRules _broadcasts;

    public PushRules(DeviceRules devices, BroadcastRules broadcasts)
    {
        _devices = devices;
        _broadcasts = broadcasts;
    }

    public AnswerKind Unread => AnswerKind.Device;

    public Answer Judge(EmulatorRequest request, Caller caller, DateTimeOffset now)
    {
        ReadOnlySpan<byte> path = request.Get(RequestField.Path);

        // Channels are managed on a host of its own. Otherwise the method is looked at first: GET / is answered 405.
        if (ChannelRules.Owns(path)) return Reasons.Refuse("BadPath");
        if (!request.Get(RequestField.Method).SequenceEqual("POST"u8)) return Reasons.Refuse("MethodNotAllowed");
        return BroadcastRules.TryGetBundleId(path, out ReadOnlySpan<byte> bundleId)
            ? _broadcasts.Judge(request, bundleId, caller, now)
            : _devices.Judge(request, caller, now);
    }
}

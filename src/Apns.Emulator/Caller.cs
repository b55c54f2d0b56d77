using System;
using Apns.Http2;

namespace Apns.Emulator;

/// <summary>Who is at the other end of a connection: somebody with a client certificate, or with provider tokens.</summary>
internal sealed class Caller
{
    private readonly ProviderTokenVerifier? _tokens;
    private readonly PushCertificate? _certificate;

    // Many tokens get one payload, so it is parsed once and then compared: of 330 ns for judging a request that saved 170.
    private readonly ByteBuffer _lastPayload = new();

    /// <param name="certificate">The client certificate.</param>
    public Caller(PushCertificate certificate) => _certificate = certificate;

    /// <param name="tokens">The connection's judge of provider tokens.</param>
    public Caller(ProviderTokenVerifier tokens) => _tokens = tokens;

    public bool HasCertificate => _certificate is not null;

    /// <summary>Whether it has shown who it is; with provider tokens that takes a request.</summary>
    public bool IsTrusted => _tokens is null || _tokens.HasAccepted;

    /// <summary>The topic of requests that name none; empty when there is none to take.</summary>
    public ReadOnlySpan<byte> DefaultTopic => _certificate is null ? default : _certificate.OnlyTopic;

    /// <summary>Whether a request has to name its topic.</summary>
    public bool MustNameTopic => _certificate is null || _certificate.HasSeveralTopics;

    /// <summary>The reason to refuse the request for what its authorization header holds, or null.</summary>
    public string? Authenticate(EmulatorRequest request, DateTimeOffset now)
    {
        if (_tokens is null) return null;
        return request.Has(RequestField.Authorization) ? _tokens.Verify(request.Get(RequestField.Authorization), now) : "MissingProviderToken";
    }

    /// <summary>Whether the payload is a JSON object.</summary>
    public bool IsJsonObject(ReadOnlySpan<byte> payload)
    {
        if (payload.SequenceEqual(_lastPayload.WrittenSpan)) return true;
        if (!JsonBody.IsObject(payload)) return false;
        _lastPayload.Clear();
        _lastPayload.Write(payload);
        return true;
    }

    /// <summary>Whether the certificate is good for the topic; what a key may push to is no matter of the caller's.</summary>
    public bool MayPushTo(ReadOnlySpan<byte> topic) => _certificate is null || _certificate.Allows(topic);
}

using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2.Hpack;

namespace Apns.Client;

/// <summary>
/// The broadcast channels of apps, on APNs's management hosts (Apple, "Sending channel management requests to APNs"): at
/// most 10,000 for an app and environment. Thread-safe. The connection is made with the first request.
/// </summary>
public sealed class ApnsChannels
{
    // A list of 10,000 ids.
    private const int LongestAnswer = 4 * 1024 * 1024;

    private readonly ApnsClient _client;

    internal ApnsChannels(ApnsClient client) => _client = client;

    /// <summary>Makes a channel for Live Activities.</summary>
    /// <param name="bundleId">The app, without a suffix.</param>
    /// <param name="policy">What it keeps for devices that are offline.</param>
    /// <param name="cancellationToken">Gives up; a request that was sent may still be carried out.</param>
    /// <returns>The channel, with the id that APNs gave it.</returns>
    /// <exception cref="ApnsException">
    /// <see cref="ApnsErrorKind.Rejected"/>: APNs refused, <see cref="ApnsException.Reason"/> says why. <see cref="ApnsErrorKind.TimedOut"/>:
    /// no answer within <see cref="ApnsClientOptions.Timeout"/>. Others say why there is no connection.
    /// </exception>
    public async Task<ApnsChannel> CreateAsync(string bundleId, ApnsMessageStoragePolicy policy, CancellationToken cancellationToken = default)
    {
        byte[] body = Encoding.ASCII.GetBytes($$"""{"message-storage-policy":{{(int)policy}},"push-type":"LiveActivity"}""");
        ApnsRequest answer = await SendAsync("POST", bundleId, "channels", null, body, cancellationToken);
        return answer.ChannelId is { } id
            ? new ApnsChannel(bundleId, id, policy, "LiveActivity")
            : throw new ApnsException(ApnsErrorKind.Rejected, "APNs answered that it made the channel, and did not say its id so that it can be read. List the channels.");
    }

    /// <summary>Asks for a channel.</summary>
    /// <param name="bundleId">The app.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The channel with its policy.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.Rejected"/>, with reason <c>ChannelNotRegistered</c> when there is none.</exception>
    public async Task<ApnsChannel> GetAsync(string bundleId, string channelId, CancellationToken cancellationToken = default)
    {
        ApnsRequest answer = await SendAsync("GET", bundleId, "channels", channelId, [], cancellationToken);
        return ChannelAnswer.ReadChannel(BodyOf(answer), bundleId, channelId);
    }

    /// <summary>Lists an app's channels.</summary>
    /// <param name="bundleId">The app.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The channels by id only, as APNs lists them.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.Rejected"/>: APNs refused.</exception>
    public async Task<IReadOnlyList<ApnsChannel>> ListAsync(string bundleId, CancellationToken cancellationToken = default)
    {
        ApnsRequest answer = await SendAsync("GET", bundleId, "all-channels", null, [], cancellationToken);
        return ChannelAnswer.ReadList(BodyOf(answer), bundleId);
    }

    /// <summary>Deletes a channel: its subscribers get nothing more.</summary>
    /// <param name="bundleId">The app.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="cancellationToken">Gives up; a request that was sent may still be carried out.</param>
    /// <returns>A task that ends with APNs's consent.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.Rejected"/>: APNs refused.</exception>
    public Task DeleteAsync(string bundleId, string channelId, CancellationToken cancellationToken = default) =>
        SendAsync("DELETE", bundleId, "channels", channelId, [], cancellationToken);

    private static ReadOnlyMemory<byte> BodyOf(ApnsRequest answer) => answer.Body is null ? default : answer.Body.WrittenSpan.ToArray();

    private async Task<ApnsRequest> SendAsync(string method, string bundleId, string resource, string? channelId, byte[] body, CancellationToken cancellationToken)
    {
        TemplateHeader[] headers = channelId is null ? [] : [RequestTemplate.Header("apns-channel-id", ChannelNames.CheckChannelId(channelId), indexed: false)];
        var template = new RequestTemplate
        {
            Method = Encoding.ASCII.GetBytes(method),
            Path = new HuffmanHexPath(Encoding.ASCII.GetBytes($"/1/apps/{ChannelNames.CheckBundleId(bundleId)}/{resource}")),
            IdName = ChannelNames.RequestId,
            Payload = body,
            Headers = headers,
            MaxAnswer = LongestAnswer,
        };

        // Asking twice does no harm, and deleting twice neither; making a channel twice makes two.
        ApnsDelivery delivery = method == "POST" ? ApnsDelivery.AtMostOnce : ApnsDelivery.AtLeastOnce;
        ApnsRequest answer = await _client.ManageAsync(template, delivery, cancellationToken);
        if (answer.Outcome == ApnsOutcome.Delivered) return answer;
        ApnsResult result = ResultBuilder.Build(answer);
        string why = result.Reason is null ? $"{result.Outcome}" : $"{result.Status} {result.Reason}";
        string message = $"The request about channels of '{bundleId}' failed ({why}). {result.Error}";
        throw answer.Outcome == ApnsOutcome.Rejected
            ? new ApnsException(ApnsErrorKind.Rejected, message) { Reason = result.Reason, Advice = result.Advice }
            : new ApnsException(KindOf(answer), message, answer.Failure) { Reason = result.Reason };
    }

    /// <summary>Why there is no answer: what happened to the connection, unless only the time was over.</summary>
    private static ApnsErrorKind KindOf(ApnsRequest answer) =>
        answer.LastEnd == AttemptEnd.TimedOut || (answer.OutOfTime && answer.Failure is null)
            ? ApnsErrorKind.TimedOut
            : answer.Failure?.Kind ?? ApnsErrorKind.ConnectionLost;
}

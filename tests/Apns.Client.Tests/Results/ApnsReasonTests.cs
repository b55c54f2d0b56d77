using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Results;

public class ApnsReasonTests
{
    // Written down anew from Apple's table, apart from the code's: status, reason, advice, what the pool does.
    private static readonly (int Status, string Reason, ApnsAdvice Advice, string Handling)[] Table =
    [
        (400, "BadCollapseId", ApnsAdvice.FixRequest, "Final"),
        (400, "BadDeviceToken", ApnsAdvice.FixRequest, "Final"),
        (400, "BadExpirationDate", ApnsAdvice.FixRequest, "Final"),
        (400, "BadMessageId", ApnsAdvice.FixRequest, "Final"),
        (400, "BadPriority", ApnsAdvice.FixRequest, "Final"),
        (400, "BadTopic", ApnsAdvice.FixRequest, "Fatal"),
        (400, "DeviceTokenNotForTopic", ApnsAdvice.FixRequest, "Final"),
        (400, "DuplicateHeaders", ApnsAdvice.FixRequest, "Final"),
        (400, "IdleTimeout", ApnsAdvice.Retry, "BackOff"),
        (400, "InvalidPushType", ApnsAdvice.FixRequest, "Final"),
        (400, "MissingDeviceToken", ApnsAdvice.FixRequest, "Final"),
        (400, "MissingTopic", ApnsAdvice.FixRequest, "Fatal"),
        (400, "PayloadEmpty", ApnsAdvice.FixRequest, "Final"),
        (400, "TopicDisallowed", ApnsAdvice.FixRequest, "Fatal"),
        (403, "BadCertificate", ApnsAdvice.FixCredentials, "Fatal"),
        (403, "BadCertificateEnvironment", ApnsAdvice.FixCredentials, "Fatal"),
        (403, "ExpiredProviderToken", ApnsAdvice.FixCredentials, "NewConnection"),
        (403, "Forbidden", ApnsAdvice.FixRequest, "Final"),
        (403, "InvalidProviderToken", ApnsAdvice.FixCredentials, "Fatal"),
        (403, "MissingProviderToken", ApnsAdvice.FixCredentials, "Fatal"),
        (403, "UnrelatedKeyIdInToken", ApnsAdvice.FixCredentials, "NewConnection"),
        (403, "BadEnvironmentKeyIdInToken", ApnsAdvice.FixCredentials, "Fatal"),
        (403, "BadEnvironmentKeyInToken", ApnsAdvice.FixCredentials, "Fatal"),
        (404, "BadPath", ApnsAdvice.FixRequest, "Final"),
        (405, "MethodNotAllowed", ApnsAdvice.FixRequest, "Final"),
        (410, "ExpiredToken", ApnsAdvice.Drop, "Final"),
        (410, "Unregistered", ApnsAdvice.Drop, "Final"),
        (413, "PayloadTooLarge", ApnsAdvice.FixRequest, "Final"),
        (429, "TooManyProviderTokenUpdates", ApnsAdvice.Retry, "BackOff"),
        (429, "TooManyRequests", ApnsAdvice.Retry, "BackOff"),
        (500, "InternalServerError", ApnsAdvice.Retry, "BackOff"),
        (503, "ServiceUnavailable", ApnsAdvice.Retry, "BackOff"),
        (503, "Shutdown", ApnsAdvice.Retry, "BackOff"),
    ];

    // And from those for broadcasts and channels, as far as they are not in the first.
    private static readonly (int Status, string Reason, ApnsAdvice Advice, string Handling)[] Channels =
    [
        (400, "FeatureNotEnabled", ApnsAdvice.FixRequest, "Fatal"),
        (400, "MissingChannelId", ApnsAdvice.FixRequest, "Final"),
        (400, "BadChannelId", ApnsAdvice.FixRequest, "Final"),
        (400, "ChannelNotRegistered", ApnsAdvice.FixRequest, "Final"),
        (400, "BadRequestParams", ApnsAdvice.FixRequest, "Final"),
        (400, "BadRequestPayload", ApnsAdvice.FixRequest, "Final"),
        (400, "MissingPushType", ApnsAdvice.FixRequest, "Final"),
        (400, "CannotCreateChannelConfig", ApnsAdvice.FixRequest, "Final"),
        (400, "MissingChannelQueueSize", ApnsAdvice.FixRequest, "Final"),
        (403, "TopicMismatch", ApnsAdvice.FixCredentials, "Fatal"),
    ];

    [Fact]
    public void Every_reason_of_apples_tables_has_its_advice_its_handling_and_a_remedy()
    {
        foreach ((int status, string name, ApnsAdvice advice, string handling) in Table.Concat(Channels))
        {
            ApnsReason reason = ApnsReason.For(status, name);
            Assert.Equal((name, advice, handling), (reason.Name, reason.Advice, reason.Handling.ToString()));
            Assert.True(reason.Remedy.Length > 10 && reason.Remedy.EndsWith('.'), name);
        }
    }

    [Fact]
    public void Every_reason_of_apples_tables_has_a_public_name_and_no_other_has() => Assert.Equal(
        Table.Concat(Channels).Select(static row => (row.Reason, (object?)row.Reason)).Order(),
        typeof(ApnsReasons).GetFields().Select(static field => (field.Name, field.GetRawConstantValue())).Order());

    [Fact]
    public void Only_two_reasons_let_a_token_be_dropped() =>
        Assert.Equal(["ExpiredToken", "Unregistered"], Table.Where(row => ApnsReason.For(row.Status, row.Reason).Advice == ApnsAdvice.Drop).Select(row => row.Reason));

    [Theory]
    [InlineData(400, ApnsAdvice.FixRequest, "Final")]
    [InlineData(401, ApnsAdvice.FixCredentials, "Final")]
    [InlineData(403, ApnsAdvice.FixCredentials, "Final")]
    [InlineData(404, ApnsAdvice.FixRequest, "Final")]
    [InlineData(410, ApnsAdvice.FixRequest, "Final")]
    [InlineData(302, ApnsAdvice.FixRequest, "Final")]
    [InlineData(429, ApnsAdvice.Retry, "BackOff")]
    [InlineData(500, ApnsAdvice.Retry, "BackOff")]
    [InlineData(502, ApnsAdvice.Retry, "BackOff")]
    [InlineData(599, ApnsAdvice.Retry, "BackOff")]
    public void A_reason_nobody_knows_is_data_and_judged_by_its_status(int status, ApnsAdvice advice, string handling)
    {
        foreach (string? name in new[] { null, "", "NewIn2030", "badDeviceToken" })
        {
            ApnsReason reason = ApnsReason.For(status, name);
            Assert.Equal((name ?? "", advice, handling), (reason.Name, reason.Advice, reason.Handling.ToString()));
        }
    }

    [Fact]
    public void Reasons_that_speak_of_the_provider_token_are_told_apart()
    {
        IEnumerable<string> concerning = Table.Select(row => row.Reason).Where(ApnsReason.RefusesProviderToken);
        Assert.Equal(["ExpiredProviderToken", "InvalidProviderToken", "MissingProviderToken", "UnrelatedKeyIdInToken", "BadEnvironmentKeyIdInToken", "BadEnvironmentKeyInToken", "TooManyProviderTokenUpdates"], concerning);
        Assert.False(ApnsReason.RefusesProviderToken(null));
        Assert.DoesNotContain(Channels, row => ApnsReason.RefusesProviderToken(row.Reason));
    }

    [Fact]
    public void Two_reasons_say_that_the_connection_is_over() =>
        Assert.Equal(["IdleTimeout", "Shutdown"], Table.Concat(Channels).Select(row => row.Reason).Where(ApnsReason.EndsConnection));

    [Fact]
    public void For_counting_what_nobody_knows_has_one_name()
    {
        foreach ((_, string name, _, _) in Table.Concat(Channels)) Assert.Equal(name, ApnsReason.Label(name));
        Assert.Equal(["", "", "other", "other"], new[] { null, "", "NewIn2030", "badDeviceToken" }.Select(ApnsReason.Label));
    }

    [Fact]
    public void Known_reasons_are_one_string_each_and_unknown_ones_survive()
    {
        foreach ((_, string name, _, _) in Table) Assert.Same(ApnsReason.Intern(Encoding.ASCII.GetBytes(name)), ApnsReason.Intern(Encoding.ASCII.GetBytes(name)));
        Assert.Equal("Grund ü", ApnsReason.Intern("Grund ü"u8));
        Assert.Equal("", ApnsReason.Intern([]));
        Assert.Equal("\uFFFD", ApnsReason.Intern([0xff]));
    }

    [Fact]
    public void A_reason_from_a_stranger_is_fit_for_a_console()
    {
        Assert.Equal("[31mred", ApnsReason.Intern("\u001b[31mred\r\n"u8));
        Assert.Equal(new string('x', 200), ApnsReason.Intern(Encoding.ASCII.GetBytes(new string('x', 1000))));
    }
}

using System;
using System.Buffers.Text;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Key authentication: which provider tokens are good, and for how long.</summary>
public sealed class ProviderTokenTests : IDisposable
{
    private readonly ApnsEmulator _emulator = ApnsEmulator.Start();

    public void Dispose() => _emulator.Dispose();

    [Fact]
    public async Task A_request_without_a_token_is_refused()
    {
        using var client = new Stranger(_emulator);
        AssertRefused(403, "MissingProviderToken", await client.SendAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("bearer")]
    [InlineData("bearer abc")]
    [InlineData("bearer a.b")]
    [InlineData("bearer a.b.c")]
    [InlineData("bearer ..")]
    [InlineData("bearer e30.e30.e30")] // {}.{}.{}
    [InlineData("bearer W10.W10.W10")] // [].[].[]
    [InlineData("bearer bnVsbA.bnVsbA.bnVsbA")] // null
    [InlineData("bearer é.é.é")]
    [InlineData("basic dXNlcjpwYXNz")]
    public async Task What_is_no_token_is_refused(string authorization)
    {
        using var client = new Stranger(_emulator, authorization);
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync());
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("BEARER ")]
    public async Task The_schemes_case_does_not_matter(string scheme)
    {
        using var client = new Stranger(_emulator, Jwt.Good(_emulator).Replace("bearer ", scheme, StringComparison.Ordinal));
        Assert.Equal(200, (await client.SendAsync()).Status);
    }

    [Fact]
    public async Task A_token_without_its_scheme_is_refused()
    {
        using var client = new Stranger(_emulator, Jwt.Good(_emulator)["bearer ".Length..]);
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync());
    }

    [Theory]
    [InlineData("""{"alg":"ES256","kid":"OTHERKEY01"}""", "TEAM000001")]
    [InlineData("""{"alg":"ES256","kid":"emulator01"}""", "TEAM000001")]
    [InlineData("""{"alg":"ES256","kid":1}""", "TEAM000001")]
    [InlineData("""{"alg":"ES256"}""", "TEAM000001")]
    [InlineData("""{"alg":"ES384","kid":"EMULATOR01"}""", "TEAM000001")]
    [InlineData("""{"alg":"none","kid":"EMULATOR01"}""", "TEAM000001")]
    [InlineData("""{"kid":"EMULATOR01"}""", "TEAM000001")]
    [InlineData("""{"alg":"ES256","kid":"EMULATOR01"}""", "OTHERTEAM1")]
    public async Task A_token_of_another_key_team_or_algorithm_is_refused(string header, string team)
    {
        string token = Jwt.Signed(_emulator, header, Jwt.Claims(team, DateTimeOffset.UtcNow));
        using var client = new Stranger(_emulator, "bearer " + token);
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync());
    }

    [Theory]
    [InlineData("""{"iss":"TEAM000001"}""")]
    [InlineData("""{"iss":"TEAM000001","iat":"now"}""")]
    [InlineData("""{"iss":"TEAM000001","iat":-1}""")]
    [InlineData("""{"iss":"TEAM000001","iat":1e300}""")]
    [InlineData("""{"iss":"TEAM000001","iat":9223372036854775807}""")]
    [InlineData("""{"iat":1}""")]
    [InlineData("[1]")]
    [InlineData("not json")]
    public async Task Claims_that_say_nothing_are_refused(string claims)
    {
        string token = Jwt.Signed(_emulator, Jwt.Header(ApnsEmulator.KeyId), claims);
        using var client = new Stranger(_emulator, "bearer " + token);
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync());
    }

    [Fact]
    public async Task A_token_signed_with_another_key_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string token = Jwt.Signed(key, Jwt.Header(ApnsEmulator.KeyId), Jwt.Claims(ApnsEmulator.TeamId, DateTimeOffset.UtcNow));
        using var client = new Stranger(_emulator, "bearer " + token);
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync());
    }

    [Fact]
    public async Task A_signature_in_DER_is_refused()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(_emulator.ExportSigningKey());
        string claims = Jwt.Claims(ApnsEmulator.TeamId, DateTimeOffset.UtcNow);
        using var client = new Stranger(_emulator, "bearer " + Jwt.Signed(key, Jwt.Header(ApnsEmulator.KeyId), claims, DSASignatureFormat.Rfc3279DerSequence));
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync());
    }

    [Fact]
    public async Task A_token_that_was_changed_after_signing_is_refused()
    {
        string[] parts = Jwt.Good(_emulator).Split('.');
        string claims = Jwt.Claims(ApnsEmulator.TeamId, DateTimeOffset.UtcNow.AddMinutes(1));
        byte[] signature = Base64Url.DecodeFromChars(parts[2]);
        signature[40] ^= 1;
        string[] forged =
        [
            $"{parts[0]}.{Jwt.Encode(claims)}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(signature)}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}",
            $"{parts[0]}.{parts[1]}.{parts[2]}.",
        ];
        using var client = new Stranger(_emulator);

        foreach (string authorization in forged) AssertRefused(403, "InvalidProviderToken", await client.SendAsync(Push.With().Authorized(authorization)));
    }

    [Theory]
    [InlineData(-61, 403, "ExpiredProviderToken")]
    [InlineData(-24 * 60, 403, "ExpiredProviderToken")]
    [InlineData(-59, 200, null)]
    [InlineData(59, 200, null)]
    [InlineData(61, 403, "InvalidProviderToken")]
    [InlineData(24 * 60, 403, "InvalidProviderToken")]
    public async Task A_tokens_issue_may_be_an_hour_away(int minutes, int status, string? reason)
    {
        using var client = new Stranger(_emulator, Jwt.Issued(_emulator, DateTimeOffset.UtcNow.AddMinutes(minutes)));
        Reply reply = await client.SendAsync();
        Assert.Equal((status, reason), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task A_connection_may_not_change_its_token_within_twenty_minutes()
    {
        string first = Jwt.Good(_emulator);
        string second = Jwt.Issued(_emulator, DateTimeOffset.UtcNow.AddSeconds(-10));
        using var client = new Stranger(_emulator, first);
        Assert.Equal(200, (await client.SendAsync()).Status);

        client.Authorization = second;
        AssertRefused(429, "TooManyProviderTokenUpdates", await client.SendAsync());
        client.Authorization = first;
        Assert.Equal(200, (await client.SendAsync()).Status);
        client.Authorization = second;
        AssertRefused(429, "TooManyProviderTokenUpdates", await client.SendAsync());
        Assert.All(_emulator.GetReceived(), received => Assert.Equal(0, received.Connection));

        using var other = new Stranger(_emulator, second);
        Assert.Equal(200, (await other.SendAsync()).Status);
        Assert.Equal(1, _emulator.GetReceived()[^1].Connection);
    }

    [Fact]
    public async Task Bad_tokens_are_no_change_of_token()
    {
        string good = Jwt.Good(_emulator);
        string old = Jwt.Issued(_emulator, DateTimeOffset.UtcNow.AddHours(-2));
        using var client = new Stranger(_emulator, old);
        AssertRefused(403, "ExpiredProviderToken", await client.SendAsync());

        client.Authorization = good;
        Assert.Equal(200, (await client.SendAsync()).Status);
        AssertRefused(403, "ExpiredProviderToken", await client.SendAsync(Push.With().Authorized(old)));
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync(Push.With().Authorized("bearer x")));
        AssertRefused(403, "MissingProviderToken", await SendWithout(client));
        client.Authorization = good;
        Assert.Equal(200, (await client.SendAsync()).Status);
        Assert.All(_emulator.GetReceived(), received => Assert.Equal(0, received.Connection));
    }

    [Fact]
    public async Task A_bad_token_is_judged_before_the_rest_of_the_request()
    {
        using var client = new Stranger(_emulator);
        AssertRefused(403, "MissingProviderToken", await client.SendAsync("-apns-topic", "body: 0", ":path: /3/device/x"));
    }

    [Fact]
    public async Task The_key_of_another_emulator_is_no_good()
    {
        using ApnsEmulator other = ApnsEmulator.Start();
        using var client = new Stranger(_emulator, Jwt.Good(other));
        AssertRefused(403, "InvalidProviderToken", await client.SendAsync());
    }

    [Theory]
    [InlineData(60)]
    [InlineData(1)]
    public void A_token_ages_on_its_connection_and_may_then_be_renewed(int secondsInMinute)
    {
        DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        using var key = ECDsa.Create();
        key.ImportFromPem(_emulator.ExportSigningKey());
        var verifier = new ProviderTokenVerifier(key, ApnsEmulator.KeyId, ApnsEmulator.TeamId, TimeSpan.FromSeconds(60 * secondsInMinute));
        (int Minute, string Token, string? Reason)[] course =
        [
            (0, Token(-30), null),
            (1, Token(-20), "TooManyProviderTokenUpdates"),
            (29, Token(-30), null), // 59 minutes old
            (31, Token(-30), "ExpiredProviderToken"),
            (31, Token(31), null), // 31 minutes since the first came
            (40, Token(-30), "ExpiredProviderToken"),
            (50, Token(50), "TooManyProviderTokenUpdates"),
            (52, Token(50), null),
            (111, Token(50), "ExpiredProviderToken"),
            (111, Token(60), null),
        ];
        var tokens = course.Select(step => step.Token).Distinct().ToDictionary(name => name, name =>
            Encoding.ASCII.GetBytes(Jwt.Issued(_emulator, At(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)))));

        foreach ((int minute, string token, string? reason) in course)
        {
            Assert.Equal((minute, token, reason), (minute, token, verifier.Verify(tokens[token], At(minute))));
        }

        DateTimeOffset At(int minute) => start.AddSeconds(minute * secondsInMinute);

        // A token is named by the minute of its issue: each is signed once, for ECDSA signs differently each time.
        static string Token(int minute) => minute.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void AssertRefused(int status, string reason, Reply reply)
    {
        Assert.Equal((status, reason), (reply.Status, reply.Reason));
        Assert.Equal($$"""{"reason":"{{reason}}"}""", reply.Body);
        Assert.False(string.IsNullOrEmpty(reply.Id));
    }

    private static Task<Reply> SendWithout(Stranger client)
    {
        client.Authorization = null;
        return client.SendAsync();
    }
}

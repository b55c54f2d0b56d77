using System;
using System.Collections.Generic;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Credentials;

/// <summary>What is read out of a push certificate: reference part 2.4.</summary>
public sealed class PushCertificateTests
{
    private const string App = PushCertificates.App;

    [Fact]
    public void The_usual_certificate_tells_topics_kinds_and_environments()
    {
        ApnsCertificateCredential credential = Credential(App, PushCertificates.Usual);
        Assert.Equal([App, $"{App}.voip", $"{App}.complication"], credential.Topics);
        Assert.Equal(["app", "voip", "complication"], credential.PushKinds);
        Assert.Equal(ApnsEnvironments.Production | ApnsEnvironments.Development, credential.Environments);
        Assert.Equal(App, credential.DefaultTopic);
    }

    [Fact]
    public void The_expiry_is_told_in_UTC()
    {
        using X509Certificate2 certificate = PushCertificates.Create(App);
        var credential = new ApnsCertificateCredential(certificate);
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), credential.ExpiresOn.UtcDateTime);
        Assert.Equal(TimeSpan.Zero, credential.ExpiresOn.Offset);
    }

    [Fact]
    public void Marks_tell_the_environments()
    {
        Assert.Equal(ApnsEnvironments.Development, Credential(App, PushCertificates.Development).Environments);
        Assert.Equal(ApnsEnvironments.Production, Credential(App, PushCertificates.Production).Environments);
        Assert.Equal(ApnsEnvironments.None, Credential(App).Environments);
    }

    [Theory]
    [InlineData("com.example.app", "com.example.app")]
    [InlineData("com.example.app.voip", "com.example.app.voip")]
    [InlineData("com.apple.mgmt.External.7aee8f34-01a9-4d92-9c5a-5b4ac9f1f5f3", "com.apple.mgmt.External.7aee8f34-01a9-4d92-9c5a-5b4ac9f1f5f3")]
    [InlineData("web.com.example_site", "web.com.example_site")]
    [InlineData(null, null)]
    [InlineData("jdoe", null)] // A login name
    [InlineData("ABC123DEFG", null)] // The team, in certificates for signing apps
    [InlineData("j.doe@example.com", null)]
    [InlineData("com.example app", null)]
    public void The_user_id_is_the_topic_beside_the_mark_of_an_environment_where_it_looks_like_one(string? userId, string? topic)
    {
        // Apple's certificates for MDM, and those of old.
        ApnsCertificateCredential credential = Credential(userId, PushCertificates.Production);
        Assert.Equal(topic is null ? [] : [topic], credential.Topics);
        Assert.Equal(topic, credential.DefaultTopic);
        Assert.Empty(credential.PushKinds);
        Assert.Equal(topic is null, credential.AllowsTopic("com.example.other"));
        Assert.True(topic is null || credential.AllowsTopic(topic));
    }

    [Fact]
    public void The_user_id_of_a_certificate_that_is_not_Apples_says_nothing()
    {
        ApnsCertificateCredential credential = Credential(App);
        Assert.Empty(credential.Topics);
        Assert.Null(credential.DefaultTopic);
        Assert.True(credential.AllowsTopic("com.example.other"));
    }

    [Fact]
    public void A_lone_topic_is_read_from_the_extension_of_VoIP_certificates()
    {
        ApnsCertificateCredential credential = Credential(null, PushCertificates.VoipTopic([0x0C, 5, .. "a.b.c"u8]));
        Assert.Equal(["a.b.c"], credential.Topics);
        Assert.Equal(["voip"], credential.PushKinds);
    }

    [Fact]
    public void Both_lists_are_one_set_and_the_user_id_adds_nothing()
    {
        ApnsCertificateCredential credential = Credential(
            "com.example.other",
            PushCertificates.Topics((App, "app"), (App, "app"), ($"{App}.voip", "voip")),
            PushCertificates.VoipTopic([0x30, 7, 0x0C, 5, .. "a.b.c"u8]));
        Assert.Equal([App, $"{App}.voip", "a.b.c"], credential.Topics);
        Assert.Equal(["app", "voip"], credential.PushKinds);
        Assert.False(credential.AllowsTopic("com.example.other"));
    }

    [Theory]
    [InlineData("a.b", "a.b")]
    [InlineData("a.b", "a.b.voip a.b.complication a.b")]
    [InlineData("a.b.voip", "a.b.voip")]
    [InlineData("a.b.voip", "a.b.voip.voip a.b.voip")] // An app that is named so
    [InlineData(null, "a.b a.bc")]
    [InlineData(null, "a.b.voip a.b.complication")]
    [InlineData(null, "a.b c.d")]
    public void The_topic_is_defaulted_when_there_is_one_app(string? expected, string topics)
    {
        var list = new List<(string, string)>();
        foreach (string topic in topics.Split(' ')) list.Add((topic, "app"));
        Assert.Equal(expected, Credential(null, PushCertificates.Topics([.. list])).DefaultTopic);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("05 00")] // NULL
    [InlineData("30 00")] // Nothing in it
    [InlineData("30 05")] // Cut off
    [InlineData("30 05 0C 09 61 62 63")] // A string that is longer than what it is in
    [InlineData("30 04 0C 02 FF FE")] // Not UTF-8
    [InlineData("0C 02 FF FE")]
    [InlineData("30 09 0C 03 61 2E 62 30 02 0C 05")] // A good topic, then broken kinds
    [InlineData("30 80 0C 03 61 2E 62")] // A length without end
    [InlineData("1F FF FF FF FF FF FF")]
    [InlineData("FF FF FF FF")]
    [InlineData("30 84 7F FF FF FF 0C")]
    [InlineData("30 02 0C 00")] // An empty topic
    public void An_extension_that_cannot_be_read_is_taken_as_not_there(string hex)
    {
        byte[] value = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        ApnsCertificateCredential credential = Credential(App, PushCertificates.TopicList(value), PushCertificates.VoipTopic(value));
        Assert.Equal([App], credential.Topics);
        Assert.Equal(App, credential.DefaultTopic);
        Assert.Empty(credential.PushKinds);
        Assert.Empty(Credential(null, PushCertificates.TopicList(value)).Topics);

        // What it says nobody knows, so nothing is refused, whatever the other list says.
        Assert.True(credential.AllowsTopic("com.example.other"));
        Assert.True(Credential(App, PushCertificates.TopicList(value), PushCertificates.VoipTopic([0x0C, 3, .. "a.b"u8])).AllowsTopic("com.example.other"));
    }

    [Theory]
    [InlineData("30 0C 02 01 07 0C 03 61 2E 62 30 02 05 00")] // A number before, a NULL among the kinds
    [InlineData("30 07 A0 00 0C 03 61 2E 62")] // A context tag
    [InlineData("30 05 13 03 61 2E 62")] // PrintableString
    [InlineData("30 05 16 03 61 2E 62")] // IA5String
    [InlineData("30 80 0C 03 61 2E 62 00 00")] // BER's indefinite length
    [InlineData("0C 03 61 2E 62")]
    public void What_is_not_known_in_an_extension_is_passed_over(string hex)
    {
        byte[] value = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(["a.b"], Credential(null, PushCertificates.TopicList(value)).Topics);
    }

    [Fact]
    public void Any_bytes_at_all_do_no_harm()
    {
        var random = new Random(7);
        byte[] good = PushCertificates.Topics((App, "app"), ($"{App}.voip", "voip")).RawData;
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = [.. good];
            for (int i = random.Next(1, 6); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (round % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            using var credential = Credential(App, PushCertificates.TopicList(bytes));
            Assert.NotEmpty(credential.Topics);
        }
    }

    [Fact]
    public void Topics_are_allowed_by_name_and_all_of_them_where_none_is_named()
    {
        ApnsCertificateCredential usual = Credential(App, PushCertificates.Usual);
        Assert.True(usual.AllowsTopic(App));
        Assert.True(usual.AllowsTopic($"{App}.voip"));
        Assert.False(usual.AllowsTopic($"{App}.voip-ptt"));
        Assert.False(usual.AllowsTopic("com.example.App"));
        Assert.False(usual.AllowsTopic(""));
        Assert.True(Credential(null).AllowsTopic("anything"));
        Assert.True(Samples.Key.AllowsTopic("anything"));
        Assert.Null(Samples.Key.DefaultTopic);
    }

    [Theory]
    [InlineData("production", "api.sandbox.push.apple.com", "Production", "Development")]
    [InlineData("development", "api.push.apple.com", "Development", "Production")]
    public async Task A_certificate_for_the_other_environment_is_refused_before_anything_is_sent(string mark, string host, string right, string wrong)
    {
        // There is no network here, so whatever got that far would fail for another reason.
        ApnsCertificateCredential credential = Credential(App, mark == "production" ? PushCertificates.Production : PushCertificates.Development);
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(new ApnsEndpoint(host, 443), credential));
        Assert.Equal(ApnsErrorKind.Refused, error.Kind);
        Assert.Equal("BadCertificateEnvironment", error.Reason);
        Assert.True(error.IsPermanent);
        Assert.Contains($"is for the environment {right} only, not for {wrong}. Connect with -Environment {right}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Universal_and_unmarked_certificates_and_keys_are_for_both()
    {
        foreach (ApnsEnvironment environment in Enum.GetValues<ApnsEnvironment>())
        {
            Credential(App, PushCertificates.Usual).CheckEnvironment(environment);
            Credential(App).CheckEnvironment(environment);
            Samples.Key.CheckEnvironment(environment);
        }

        Credential(App, PushCertificates.Development).CheckEnvironment(ApnsEnvironment.Development);
        Credential(App, PushCertificates.Production).CheckEnvironment(ApnsEnvironment.Production);
    }

    [Fact]
    public void Only_Apples_own_hosts_have_an_environment()
    {
        Assert.Equal(ApnsEnvironment.Production, ApnsEndpoint.For(ApnsEnvironment.Production, 2197).Environment);
        Assert.Equal(ApnsEnvironment.Development, ApnsEndpoint.For(ApnsEnvironment.Development).Environment);
        Assert.Equal(ApnsEnvironment.Development, new ApnsEndpoint("API.sandbox.push.apple.com", 443).Environment);
        Assert.Null(new ApnsEndpoint("localhost", 443).Environment);
    }

    private static ApnsCertificateCredential Credential(string? userId, params X509Extension[] extensions) => new(PushCertificates.Create(userId, extensions));
}

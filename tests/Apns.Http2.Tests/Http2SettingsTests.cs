using System;

using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 section 6.5.2: each setting's initial value and range.</summary>
public class Http2SettingsTests
{
    [Fact]
    public void Initial_values()
    {
        var settings = new Http2Settings();
        Assert.Equal(4096, settings.HeaderTableSize);
        Assert.True(settings.EnablePush);
        Assert.Equal(int.MaxValue, settings.MaxConcurrentStreams);
        Assert.Equal(65_535, settings.InitialWindowSize);
        Assert.Equal(16_384, settings.MaxFrameSize);
        Assert.Equal(int.MaxValue, settings.MaxHeaderListSize);
    }

    [Theory]
    [InlineData(Http2SettingId.HeaderTableSize, 0u, 0u)]
    [InlineData(Http2SettingId.HeaderTableSize, 65_536u, 65_536u)]
    [InlineData(Http2SettingId.HeaderTableSize, uint.MaxValue, 0x7fffffffu)]
    [InlineData(Http2SettingId.EnablePush, 0u, 0u)]
    [InlineData(Http2SettingId.EnablePush, 1u, 1u)]
    [InlineData(Http2SettingId.MaxConcurrentStreams, 0u, 0u)]
    [InlineData(Http2SettingId.MaxConcurrentStreams, 1000u, 1000u)]
    [InlineData(Http2SettingId.MaxConcurrentStreams, uint.MaxValue, 0x7fffffffu)]
    [InlineData(Http2SettingId.InitialWindowSize, 0u, 0u)]
    [InlineData(Http2SettingId.InitialWindowSize, 0x7fffffffu, 0x7fffffffu)]
    [InlineData(Http2SettingId.MaxFrameSize, 16_384u, 16_384u)]
    [InlineData(Http2SettingId.MaxFrameSize, 16_777_215u, 16_777_215u)]
    [InlineData(Http2SettingId.MaxHeaderListSize, 0u, 0u)]
    [InlineData(Http2SettingId.MaxHeaderListSize, uint.MaxValue, 0x7fffffffu)]
    public void A_value_within_its_range_changes_its_setting_only(Http2SettingId id, uint value, uint expected)
    {
        var before = new Http2Settings();
        Http2Settings after = before.With(id, value);
        foreach (Http2SettingId each in Http2Settings.KnownIds) Assert.Equal(each == id ? expected : before.Get(each), after.Get(each));
    }

    [Theory]
    [InlineData(Http2SettingId.EnablePush, 2u, Http2ErrorCode.ProtocolError)]
    [InlineData(Http2SettingId.EnablePush, uint.MaxValue, Http2ErrorCode.ProtocolError)]
    [InlineData(Http2SettingId.InitialWindowSize, 0x80000000u, Http2ErrorCode.FlowControlError)]
    [InlineData(Http2SettingId.InitialWindowSize, uint.MaxValue, Http2ErrorCode.FlowControlError)]
    [InlineData(Http2SettingId.MaxFrameSize, 0u, Http2ErrorCode.ProtocolError)]
    [InlineData(Http2SettingId.MaxFrameSize, 16_383u, Http2ErrorCode.ProtocolError)]
    [InlineData(Http2SettingId.MaxFrameSize, 16_777_216u, Http2ErrorCode.ProtocolError)]
    [InlineData(Http2SettingId.MaxFrameSize, uint.MaxValue, Http2ErrorCode.ProtocolError)]
    public void A_value_out_of_its_range_is_a_connection_error(Http2SettingId id, uint value, Http2ErrorCode code)
    {
        var error = Assert.Throws<Http2ConnectionException>(() => new Http2Settings().With(id, value));
        Assert.Equal(code, error.ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(0xffff)]
    public void An_unknown_setting_changes_nothing(int id)
    {
        var settings = new Http2Settings();
        Assert.Equal(settings, settings.With((Http2SettingId)id, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => settings.Get((Http2SettingId)id));
    }

    public static TheoryData<Http2Settings> NotAnnounced =>
    [
        new Http2Settings { HeaderTableSize = -1 },
        new Http2Settings { HeaderTableSize = (1 << 24) + 1 },
        new Http2Settings { MaxConcurrentStreams = -1 },
        new Http2Settings { InitialWindowSize = -1 },
        new Http2Settings { MaxFrameSize = 16_383 },
        new Http2Settings { MaxFrameSize = 16_777_216 },
        new Http2Settings { MaxHeaderListSize = -1 },
    ];

    [Theory]
    [MemberData(nameof(NotAnnounced))]
    public void What_must_not_be_announced_is_refused(Http2Settings settings)
    {
        TestSession session = TestSession.Server();
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Session.ChangeSettings(settings));
        Assert.Empty(session.Sent());
    }
}

using System;
using System.Text;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

public class GoAwayReasonTests
{
    [Theory]
    [InlineData("BadCertificateEnvironment", ApnsErrorKind.Refused)]
    [InlineData("BadCertificate", ApnsErrorKind.Refused)]
    [InlineData("InvalidProviderToken", ApnsErrorKind.Refused)]
    [InlineData("TopicDisallowed", ApnsErrorKind.Refused)]
    [InlineData("Shutdown", ApnsErrorKind.ConnectionLost)]
    [InlineData("IdleTimeout", ApnsErrorKind.ConnectionLost)]
    [InlineData("ExpiredProviderToken", ApnsErrorKind.ConnectionLost)]
    [InlineData("SomethingNew", ApnsErrorKind.ConnectionLost)]
    public void A_reason_in_json_decides_whether_connecting_again_may_help(string reason, ApnsErrorKind kind)
    {
        ApnsException error = Read($$"""{"reason":"{{reason}}"}""");
        Assert.Equal((kind, reason, kind == ApnsErrorKind.Refused), (error.Kind, error.Reason, error.IsPermanent));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "NoError.")]
    [InlineData("maximum active streams violated", "NoError, maximum active streams violated.")]
    [InlineData("{\"reason\":", "NoError, {\"reason\":.")]
    [InlineData("{\"reason\":7}", "NoError, {\"reason\":7}.")]
    [InlineData("\u0001\u001b[31mred\r\n", "NoError, [31mred.")]
    public void Anything_else_is_text_fit_for_a_console(string debugData, string expected)
    {
        ApnsException error = Read(debugData);
        Assert.Equal((ApnsErrorKind.ConnectionLost, null), (error.Kind, error.Reason));
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_text_is_cut_and_bytes_that_are_no_text_do_no_harm()
    {
        Assert.InRange(Read(new string('x', 16_000)).Message.Length, 200, 300);
        byte[] bytes = new byte[300];
        new Random(1).NextBytes(bytes);
        Assert.Equal(ApnsErrorKind.ConnectionLost, GoAwayReason.Read(Http2ErrorCode.InternalError, bytes).Kind);
        Assert.Contains("InternalError", GoAwayReason.Read(Http2ErrorCode.InternalError, bytes).Message, StringComparison.Ordinal);
        byte[] notUtf8 = [.. "{\"reason\":\"x"u8, 0xff, .. "\"}"u8];
        Assert.Equal(ApnsErrorKind.ConnectionLost, GoAwayReason.Read(Http2ErrorCode.NoError, notUtf8).Kind);
    }

    private static ApnsException Read(string debugData) => GoAwayReason.Read(Http2ErrorCode.NoError, Encoding.UTF8.GetBytes(debugData));
}

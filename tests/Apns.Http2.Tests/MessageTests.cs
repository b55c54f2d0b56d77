using System;
using System.Linq;
using System.Text;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 sections 8.1 to 8.6: which requests, responses and trailers are well-formed.</summary>
public class MessageTests
{
    /// <summary>RFC section, the fields as one text with '|' between them.</summary>
    public static TheoryData<string, string> MalformedRequests => new()
    {
        { "8.3.1 nothing at all", "" },
        { "8.3.1 no :method", ":scheme: https|:path: /" },
        { "8.3.1 no :scheme", ":method: GET|:path: /" },
        { "8.3.1 no :path", ":method: GET|:scheme: https|:authority: a" },
        { "8.3.1 an empty :method", ":method: |:scheme: https|:path: /" },
        { "8.3.1 an empty :scheme", ":method: GET|:scheme: |:path: /" },
        { "8.3.1 an empty :path", ":method: GET|:scheme: https|:path: " },
        { "8.3 a repeated :method", ":method: GET|:method: GET|:scheme: https|:path: /" },
        { "8.3 a repeated :scheme", ":method: GET|:scheme: https|:scheme: https|:path: /" },
        { "8.3 a repeated :path", ":method: GET|:scheme: https|:path: /|:path: /" },
        { "8.3 a repeated :authority", ":method: GET|:scheme: https|:path: /|:authority: a|:authority: a" },
        { "8.3 a pseudo-header behind a field", ":method: GET|:scheme: https|x: y|:path: /" },
        { "8.3 an unknown pseudo-header", ":method: GET|:scheme: https|:path: /|:extra: 1" },
        { "8.3 only a colon", ":method: GET|:scheme: https|:path: /|:: 1" },
        { "8.3 a pseudo-header in upper case", ":method: GET|:scheme: https|:PATH: /" },
        { "8.3.1 a response's pseudo-header", ":method: GET|:scheme: https|:path: /|:status: 200" },
        { "8.4 :protocol was not offered", ":method: CONNECT|:protocol: websocket|:scheme: https|:path: /|:authority: a" },
        { "8.5 CONNECT with :path", ":method: CONNECT|:authority: a|:path: /" },
        { "8.5 CONNECT with :scheme", ":method: CONNECT|:authority: a|:scheme: https" },
        { "8.5 CONNECT without :authority", ":method: CONNECT" },
        { "8.2.1 a name in upper case", Get("X: y") },
        { "8.2.1 a name with an upper-case letter in it", Get("abCd: y") },
        { "8.2.1 a space in a name", Get("a b: y") },
        { "8.2.1 a NUL in a name", Get("a\0b: y") },
        { "8.2.1 a line feed in a name", Get("a\nb: y") },
        { "8.2.1 DEL in a name", Get("a\u007f: y") },
        { "8.2.1 beyond ASCII in a name", Get("\u00e9: y") },
        { "8.2.1 a colon in a name", Get("a:b: y") },
        { "8.2.1 NUL in a value", Get("x: a\0b") },
        { "8.2.1 a line feed in a value", Get("x: a\nb") },
        { "8.2.1 a carriage return in a value", Get("x: a\rb") },
        { "8.2.1 a value begins with a space", Get("x:  y") },
        { "8.2.1 a value begins with a tab", Get("x: \ty") },
        { "8.2.1 a value ends with a space", Get("x: y ") },
        { "8.2.1 a value ends with a tab", Get("x: y\t") },
        { "8.2.1 a value is a space", Get("x:  ") },
        { "8.2.1 a bad value in a pseudo-header", ":method: GET|:scheme: https|:path: /\n" },
        { "8.2.2 connection", Get("connection: keep-alive") },
        { "8.2.2 keep-alive", Get("keep-alive: 5") },
        { "8.2.2 proxy-connection", Get("proxy-connection: x") },
        { "8.2.2 transfer-encoding", Get("transfer-encoding: chunked") },
        { "8.2.2 upgrade", Get("upgrade: h2c") },
        { "8.2.2 te other than trailers", Get("te: gzip") },
        { "8.2.2 te with more than trailers", Get("te: trailers, gzip") },
        { "8.1.1 content-length is no number", Get("content-length: x") },
        { "8.1.1 content-length is empty", Get("content-length: ") },
        { "8.1.1 content-length is signed", Get("content-length: +0") },
        { "8.1.1 content-length is negative", Get("content-length: -1") },
        { "8.1.1 content-length is beyond counting", Get("content-length: 99999999999999999999") },
        { "8.1.1 two content-lengths", Get("content-length: 0|content-length: 1") },
        { "8.1.1 content-length without content", Get("content-length: 1") },
    };

    public static TheoryData<string, string> GoodRequests => new()
    {
        { "8.3.1 no :authority", ":method: GET|:scheme: https|:path: /" },
        { "8.3.1 pseudo-headers in any order", ":path: /|:authority: a|:scheme: https|:method: GET" },
        { "8.3.1 OPTIONS *", ":method: OPTIONS|:scheme: https|:path: *" },
        { "8.3.1 host beside :authority", Get("host: a.example") },
        { "8.5 CONNECT", ":method: CONNECT|:authority: a:443" },
        { "8.2.2 te: trailers", Get("te: trailers") },
        { "8.2.2 names that only begin like bad ones", Get("connections: 1|tea: 1|upgrade-insecure-requests: 1|keep: 1|c: 1|t: 1") },
        { "8.2.3 cookies in pieces", Get("cookie: a=b|cookie: c=d") },
        { "8.2.1 an empty value", Get("x: ") },
        { "8.2.1 spaces, tabs and obs-text within a value", Get("x: a b\tc\u0001\u0080\u00ff") },
        { "8.2.1 every character of a token", Get("!#$%&'*+-.^_`~0123456789abcdefghijklmnopqrstuvwxyz: 1") },
        { "8.1.1 content-length 0", Get("content-length: 0") },
        { "8.1.1 the same content-length twice", Get("content-length: 0|content-length: 0") },
    };

    public static TheoryData<string, string> MalformedResponses => new()
    {
        { "8.3.2 nothing at all", "" },
        { "8.3.2 no :status", "server: a" },
        { "8.3 a repeated :status", ":status: 200|:status: 200" },
        { "8.3 :status behind a field", "server: a|:status: 200" },
        { "8.3.2 a request's pseudo-header", ":status: 200|:path: /" },
        { "8.3.2 :status is empty", ":status: " },
        { "8.3.2 :status is no number", ":status: abc" },
        { "8.3.2 :status has two digits", ":status: 20" },
        { "8.3.2 :status has four digits", ":status: 2000" },
        { "8.3.2 :status is signed", ":status: +20" },
        { "8.3.2 :status begins with 0", ":status: 099" },
        { "8.3.2 :status with a reason", ":status: 200 OK" },
        { "8.6 there is no 101", ":status: 101" },
        { "8.1 1xx cannot be the end", ":status: 100" },
        { "8.3 a pseudo-header in upper case", ":STATUS: 200" },
        { "8.2.1 a space in a name in upper case", ":status: 200|Retry After: 1" },
        { "8.2.1 beyond ASCII in a name in upper case", ":status: 200|R\u00e9try: 1" },
        { "8.2.2 transfer-encoding", ":status: 200|transfer-encoding: chunked" },
        { "8.2.2 transfer-encoding in upper case", ":status: 200|Transfer-Encoding: chunked" },
        { "8.1.1 content-length in upper case without content", ":status: 200|Content-Length: 1" },
        { "8.1.1 content-length without content", ":status: 200|content-length: 1" },
    };

    public static TheoryData<string, string> MalformedTrailers => new()
    {
        { "8.1 a pseudo-header in trailers", ":status: 200" },
        { "8.1 a request's pseudo-header in trailers", ":method: GET" },
        { "8.1 a pseudo-header behind a field", "x: y|:path: /" },
        { "8.2.2 connection", "connection: close" },
    };

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public void A_malformed_request_is_a_stream_error(string section, string fields)
    {
        Assert.NotEmpty(section);
        TestSession server = TestSession.Server();
        Assert.Equal(["RST_STREAM 1 ProtocolError"], server.Resets(frames => frames.HeadersEnd(1, Split(fields))));
        string[] told = server.Told();
        Assert.Equal("1 reset ProtocolError by StreamError", told[^1]);
        Assert.DoesNotContain(told, line => line.Contains("headers", StringComparison.Ordinal));
        Assert.Equal(0, server.Session.OpenStreams);

        // The connection lives, and the validator starts anew.
        server.Receive(frames => frames.HeadersEnd(3, FrameBuilder.Get));
        Assert.Equal("3 headers, end", server.Told()[^1]);
    }

    [Theory]
    [MemberData(nameof(GoodRequests))]
    public void A_good_request_is_taken(string section, string fields)
    {
        Assert.NotEmpty(section);
        TestSession server = TestSession.Server();
        server.Receive(frames => frames.HeadersEnd(1, Split(fields)));
        Assert.Equal([.. Split(fields).Select(field => "1 " + field), "1 headers, end"], server.Told());
    }

    [Theory]
    [MemberData(nameof(MalformedResponses))]
    public void A_malformed_response_is_a_stream_error(string section, string fields)
    {
        Assert.NotEmpty(section);
        TestSession client = TestSession.Client();
        client.Request();
        Assert.Equal(["RST_STREAM 1 ProtocolError"], client.Resets(frames => frames.HeadersEnd(1, Split(fields))));
        Assert.Equal("1 reset ProtocolError by StreamError", client.Told()[^1]);
        Assert.Equal(0, client.Session.OpenStreams);
    }

    [Fact]
    public void A_client_takes_names_of_fields_in_any_case_and_tells_them_in_lower_case()
    {
        TestSession client = TestSession.Client();
        client.Request();
        client.Receive(frames => frames.Headers(1, ":status: 200", "Retry-After: 9 Lives", "x: Y", "CONTENT-LENGTH: 1").Data(1, "x").HeadersEnd(1, "Tail: T"));
        Assert.Equal(
            ["1 :status: 200", "1 retry-after: 9 Lives", "1 x: Y", "1 content-length: 1", "1 headers", "1 data 'x'", "1 tail: T", "1 headers, end"],
            client.Told());

        // The table holds what was sent.
        client.Request();
        client.Receive(frames => frames.HeadersEnd(3, ":status: 200", "Retry-After: 9 Lives"));
        Assert.Equal(["3 :status: 200", "3 retry-after: 9 Lives", "3 headers, end"], client.Told());
    }

    [Fact]
    public void A_server_takes_no_trailers_in_upper_case() =>
        Assert.Equal(["RST_STREAM 1 ProtocolError"], TestSession.Server().Resets(frames => frames.Headers(1, FrameBuilder.Post).HeadersEnd(1, "X: y")));

    [Theory]
    [InlineData(100, false)]
    [InlineData(103, false)]
    [InlineData(199, false)]
    [InlineData(200, true)]
    [InlineData(418, true)]
    [InlineData(599, true)]
    [InlineData(999, true)]
    public void A_status_is_interim_or_final(int status, bool final)
    {
        TestSession client = TestSession.Client();
        client.Request();
        string[] resets = client.Resets(frames => frames.Headers(1, $":status: {status}").Data(1, "x"));
        Assert.Equal(final ? [] : ["RST_STREAM 1 ProtocolError"], resets);
    }

    [Theory]
    [InlineData("101")]
    [InlineData("099")]
    [InlineData("000")]
    [InlineData("-10")]
    public void A_status_that_cannot_be_is_refused_even_where_an_interim_one_may_come(string status)
    {
        TestSession client = TestSession.Client();
        client.Request();
        Assert.Equal(["RST_STREAM 1 ProtocolError"], client.Resets(frames => frames.Headers(1, $":status: {status}")));
    }

    [Theory]
    [MemberData(nameof(MalformedTrailers))]
    public void Malformed_trailers_are_a_stream_error(string section, string fields)
    {
        Assert.NotEmpty(section);
        TestSession client = TestSession.Client();
        client.Request();
        Assert.Equal(["RST_STREAM 1 ProtocolError"], client.Resets(frames => frames.Headers(1, FrameBuilder.Ok).HeadersEnd(1, Split(fields))));

        TestSession server = TestSession.Server();
        Assert.Equal(["RST_STREAM 1 ProtocolError"], server.Resets(frames => frames.Headers(1, FrameBuilder.Post).HeadersEnd(1, Split(fields))));
    }

    [Fact]
    public void Trailers_end_the_stream()
    {
        TestSession server = TestSession.Server();
        Assert.Equal(
            ["RST_STREAM 1 ProtocolError", "RST_STREAM 3 ProtocolError"],
            server.Resets(frames => frames
                .Headers(1, FrameBuilder.Post).Headers(1, "x: y")
                .Headers(3, FrameBuilder.Post).Data(3, "x").Headers(3, "x: y")
                .Headers(5, FrameBuilder.Post).Data(5, "x").HeadersEnd(5, "x: y")
                .Headers(7, FrameBuilder.Post).HeadersEnd(7)));
        Assert.Equal(2, server.Session.OpenStreams);
        Assert.Equal("7 headers, end", server.Told()[^1]);
    }

    [Theory]
    [InlineData("x", false)]
    [InlineData("xy", false)]
    [InlineData("xyz", true)]
    [InlineData("xyzu", false)]
    public void Content_has_the_length_announced(string content, bool good)
    {
        string[] expected = good ? [] : ["RST_STREAM 1 ProtocolError"];
        string[] fields = [.. FrameBuilder.Post, "content-length: 3"];
        Assert.Equal(expected, TestSession.Server().Resets(frames => frames.Headers(1, fields).DataEnd(1, content)));
        Assert.Equal(expected, TestSession.Server().Resets(frames => frames.Headers(1, fields).Data(1, content[..1]).DataEnd(1, content[1..])));
        Assert.Equal(expected, TestSession.Server().Resets(frames => frames.Headers(1, fields).Data(1, content).HeadersEnd(1, "x: y")));

        // Padding is no content.
        byte[] padded = [9, .. Encoding.ASCII.GetBytes(content), .. new byte[9]];
        Assert.Equal(
            expected,
            TestSession.Server().Resets(frames => frames.Headers(1, fields).Frame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, padded)));
    }

    [Fact]
    public void Too_much_content_is_found_before_its_end()
    {
        string[] fields = [.. FrameBuilder.Post, "content-length: 3"];
        Assert.Equal(["RST_STREAM 1 ProtocolError"], TestSession.Server().Resets(frames => frames.Headers(1, fields).Data(1, "xyz").Data(1, "u")));
    }

    [Theory]
    [InlineData("204")]
    [InlineData("304")]
    public void Answers_without_content_may_tell_a_length(string status)
    {
        // Section 8.1.1: what would have been sent otherwise.
        TestSession client = TestSession.Client();
        client.Request();
        client.Request();
        client.Request();
        string[] fields = [$":status: {status}", "content-length: 5"];
        Assert.Equal(
            ["RST_STREAM 5 ProtocolError"],
            client.Resets(frames => frames.HeadersEnd(1, fields).Headers(3, fields).DataEnd(3, "").Headers(5, fields).DataEnd(5, "hello")));
    }

    [Fact]
    public void Every_byte_is_allowed_in_a_name_or_not()
    {
        TestSession server = TestSession.Server();
        int id = 1;
        for (int value = 0; value < 256; value++, id += 2)
        {
            bool bad = value is <= 0x20 or (>= 'A' and <= 'Z') or >= 0x7f or ':';
            byte[] block = [.. FrameBuilder.Block(FrameBuilder.Get), 0, 2, (byte)'a', (byte)value, 1, (byte)'1'];
            string[] resets = server.Resets(frames => frames.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, id, block));
            Assert.Equal(bad ? [$"RST_STREAM {id} ProtocolError"] : [], resets);
        }
    }

    [Fact]
    public void Every_byte_is_allowed_in_a_value_or_not()
    {
        TestSession server = TestSession.Server();
        int id = 1;
        for (int value = 0; value < 256; value++, id += 2)
        {
            byte[] block = [.. FrameBuilder.Block(FrameBuilder.Get), 0, 1, (byte)'a', 3, (byte)'1', (byte)value, (byte)'2'];
            string[] resets = server.Resets(frames => frames.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, id, block));
            Assert.Equal(value is 0 or '\r' or '\n' ? [$"RST_STREAM {id} ProtocolError"] : [], resets);
        }
    }

    [Fact]
    public void An_empty_name_is_malformed()
    {
        byte[] block = [.. FrameBuilder.Block(FrameBuilder.Get), 0, 0, 1, (byte)'1'];
        Assert.Equal(
            ["RST_STREAM 1 ProtocolError"],
            TestSession.Server().Resets(frames => frames.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, block)));
    }

    private static string Get(string field) => ":method: GET|:scheme: https|:path: /|:authority: a|" + field;

    private static string[] Split(string fields) => fields.Length == 0 ? [] : fields.Split('|');
}

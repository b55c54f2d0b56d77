using System;
using System.Text;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

public class AnswerBodyTests
{
    [Theory]
    [InlineData("""{"reason":"BadDeviceToken"}""", "BadDeviceToken", 0)]
    [InlineData("""{"reason":"Unregistered","timestamp":1771934400123}""", "Unregistered", 1771934400123)]
    [InlineData("""{"timestamp":1771934400123,"reason":"Unregistered"}""", "Unregistered", 1771934400123)]
    [InlineData("""  { "reason" : "X" , "more" : { "reason" : [ 1, { "timestamp" : 3 } ] } } """, "X", 0)]
    [InlineData("""{"reason":"X","more":{"reason":"wrong","timestamp":3}}""", "X", 0)]
    [InlineData("""{"list":[1,{"a":2}],"reason":"X"}""", "X", 0)]
    [InlineData("""{"reason":"Bad\u0044eviceToken"}""", "BadDeviceToken", 0)]
    [InlineData("""{"reason":"Neuer Grund ü 🎉"}""", "Neuer Grund ü 🎉", 0)]
    [InlineData("""{"re\u0061son":"X"}""", "X", 0)]
    [InlineData("""{"reason":null,"timestamp":"1771934400123"}""", null, 0)]
    [InlineData("""{"reason":5,"timestamp":1.5}""", null, 0)]
    [InlineData("""{"reason":["X"],"timestamp":{}}""", null, 0)]
    [InlineData("""{"timestamp":99999999999999999999}""", null, 0)]
    [InlineData("""{"timestamp":-1}""", null, -1)]
    [InlineData("""{"Reason":"X"}""", null, 0)]
    [InlineData("{}", null, 0)]
    [InlineData("", null, 0)]
    [InlineData("[]", null, 0)]
    [InlineData("\"reason\"", null, 0)]
    [InlineData("<html>", null, 0)]
    [InlineData("""{"reason":"X","timestamp":""", "X", 0)]
    [InlineData("""{"reason":"X""", null, 0)]
    [InlineData("""{"reason":"X"} trailing""", "X", 0)]
    public void What_is_there_is_read_and_what_is_not_does_no_harm(string body, string? reason, long timestamp)
    {
        ApnsRequest request = Read(Encoding.UTF8.GetBytes(body));
        Assert.Equal((reason, timestamp), (request.Reason, request.InvalidSinceMilliseconds));
    }

    [Fact]
    public void Bytes_that_are_no_utf8_do_no_harm()
    {
        byte[] body = Encoding.ASCII.GetBytes("""{"reason":"X?"}""");
        body[Array.IndexOf(body, (byte)'?')] = 0xff;
        Assert.Equal("X\uFFFD", Read(body).Reason);
        body = Encoding.ASCII.GetBytes("""{"reason":"\n?","timestamp":3}""");
        body[Array.IndexOf(body, (byte)'?')] = 0xff;
        Read(body);
    }

    [Fact]
    public void Random_bytes_do_no_harm()
    {
        var random = new Random(9);
        byte[] seed = Encoding.ASCII.GetBytes("""{"reason":"Unregistered","timestamp":1771934400123}""");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] body = seed.AsSpan(0, random.Next(seed.Length + 1)).ToArray();
            for (int flips = random.Next(4); flips > 0 && body.Length > 0; flips--) body[random.Next(body.Length)] = (byte)random.Next(256);
            Read(body);
        }
    }

    [Fact]
    public void A_request_without_a_body_has_no_reason()
    {
        var request = new ApnsRequest { Status = 500 };
        AnswerBody.Read(request);
        Assert.Null(request.Reason);
    }

    private static ApnsRequest Read(byte[] body)
    {
        var request = new ApnsRequest { Body = new ByteBuffer() };
        request.Body.Write(body);
        AnswerBody.Read(request);
        return request;
    }
}

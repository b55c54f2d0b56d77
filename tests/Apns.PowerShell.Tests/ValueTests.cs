using System;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What values of parameters are read as, and which of them are refused rather than sent as something else.</summary>
public sealed class ValueTests : IClassFixture<ConnectedEngine>
{
    private readonly Engine _engine;

    public ValueTests(ConnectedEngine connected) => _engine = connected.Fresh();

    [Theory]
    [InlineData("-Alert 5", """{"aps":{"alert":"5"}}""")]
    [InlineData("-Alert 1.5", """{"aps":{"alert":"1.5"}}""")]
    [InlineData("-Alert ([char]'x')", """{"aps":{"alert":"x"}}""")]
    [InlineData("-Alert $true", """{"aps":{"alert":"True"}}""")]
    [InlineData("-Alert ([guid]'11111111-2222-4333-8444-555555555555')", """{"aps":{"alert":"11111111-2222-4333-8444-555555555555"}}""")]
    [InlineData("-Alert ([uri]'https://example.com/x')", """{"aps":{"alert":"https://example.com/x"}}""")]
    [InlineData("-Alert ([version]'1.2.3')", """{"aps":{"alert":"1.2.3"}}""")]
    [InlineData("-Alert ([DayOfWeek]::Monday)", """{"aps":{"alert":"Monday"}}""")]
    [InlineData("-Alert @('one')", """{"aps":{"alert":"one"}}""")]
    [InlineData("-LocKey K -LocArgs 'a', 5, ([char]'x')", """{"aps":{"alert":{"loc-key":"K","loc-args":["a","5","x"]}}}""")]
    [InlineData("-LocKey K -LocArgs 5", """{"aps":{"alert":{"loc-key":"K","loc-args":["5"]}}}""")]
    [InlineData("-Title ([DBNull]::Value) -Body b", """{"aps":{"alert":{"body":"b"}}}""")]
    [InlineData("-Badge 2.0", """{"aps":{"badge":2}}""")]
    [InlineData("-Badge ' 2 '", """{"aps":{"badge":2}}""")]
    [InlineData("-Badge ([long]2)", """{"aps":{"badge":2}}""")]
    [InlineData("-Alert x -RelevanceScore '0.5'", """{"aps":{"alert":"x","relevance-score":0.5}}""")]
    [InlineData("-Alert x -Critical:$false -ContentAvailable:$false", """{"aps":{"alert":"x"}}""")]
    [InlineData("-Data ([ordered]@{ flag = [switch]$true; off = [switch]$false; none = [DBNull]::Value })", """{"aps":{},"flag":true,"off":false,"none":null}""")]
    [InlineData("-Payload '{', '\"n\":1', '}'", "{\n\"n\":1\n}")]
    [InlineData("-Payload ([object[]][Text.Encoding]::UTF8.GetBytes('{\"n\":1}'))", """{"n":1}""")]
    [InlineData("-Data '{', '\"n\":1', '}'", """{"aps":{},"n":1}""")]
    public void A_value_is_read_as_what_it_says(string parameters, string payload)
    {
        Assert.Equal("Delivered", Assert.Single(_engine.Output($"$t | Send-ApnsNotification {parameters}")).Text("Outcome"));
        Assert.Equal(payload, Assert.Single(_engine.Received()).Text("Payload"));
    }

    [Theory]
    [InlineData("-Alert @{ title = 'x'; body = 'y' }", "Give the parts of an alert with -Title, -Subtitle and -Body, or all with -Payload.")]
    [InlineData("-Alert ([pscustomobject]@{ title = 'x' })", "Give the parts of an alert")]
    [InlineData("-Body ([pscustomobject]@{ title = 'x' })", "PSCustomObject is no text")]
    [InlineData("-Body ([text.encoding]::UTF8)", "is no text")]
    [InlineData("-Body 'one', 'two'", "A list is no text")]
    [InlineData("-Body @()", "A list is no text")]
    [InlineData("-LocKey K -LocArgs 'a', @{ b = 1 }", "Hashtable is no text")]
    [InlineData("-LocKey K -LocArgs @{ b = 1 }", "Hashtable is no text")]
    [InlineData("-LocKey K -LocArgs 'a', $null", "'' for an empty one")]
    [InlineData("-LocKey K -LocArgs 'a', ([DBNull]::Value)", "'' for an empty one")]
    [InlineData("-Alert x -CollapseId @{ a = 1 }", "Hashtable is no text")]
    [InlineData("-Badge 2.7", "'2.7' is not a whole number.")]
    [InlineData("-Badge '1.5'", "'1.5' is not a whole number.")]
    [InlineData("-Badge '1,5'", "'1,5' is not a whole number.")]
    [InlineData("-Badge ' '", "' ' is not a whole number.")]
    [InlineData("-Badge $true", "'True' is not a whole number.")]
    [InlineData("-Badge ([switch]$true)", "'True' is not a whole number.")]
    [InlineData("-Badge 3000000000", "'3000000000' is not a whole number.")]
    [InlineData("-Badge @{}", "is not a whole number.")]
    [InlineData("-Alert x -RelevanceScore $true", "'True' is not a number.")]
    [InlineData("-Alert x -RelevanceScore '0,5'", "'0,5' is not a number.")]
    [InlineData("-Alert x -Expiration ([timespan]::MaxValue)", "is no point in time")]
    [InlineData("-Alert x -Expiration ([timespan]::MinValue)", "is no point in time")]
    [InlineData("-Alert x -Expiration '10675199.02:48:05'", "is no point in time")]
    [InlineData("-Alert x -Deadline ([timespan]::MaxValue)", "is no point in time")]
    [InlineData("-Alert x -Expiration ([double]::NaN)", "is no point in time")]
    [InlineData("-Alert x -Expiration 3600", "Expiration: 3600 is 01:00:00 on 1 January 1970. For that many seconds from now give (New-TimeSpan -Seconds 3600).")]
    [InlineData("-Alert x -Expiration 2d", "Expiration: 2 is 00:00:02 on 1 January 1970.")]
    [InlineData("-Alert x -Expiration 3600.5", "For that many seconds from now")]
    [InlineData("-Alert x -Deadline 60", "Deadline: 60 is 00:01:00 on 1 January 1970.")]
    [InlineData("-Data ([Text.StringBuilder]::new())", "Select-Object *")]
    [InlineData("-Payload ([Text.StringBuilder]::new())", "Select-Object *")]
    [InlineData("-ContentAvailable:$false", "There is nothing to send.")]
    [InlineData("-Notification 'Alert {…}'", "'Alert {…}' is no ApnsNotification.")]
    public void A_value_that_says_nothing_usable_is_refused(string parameters, string error)
    {
        Assert.Contains(error, _engine.Failure($"$t | Send-ApnsNotification {parameters}").Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_engine.Received());
    }
}

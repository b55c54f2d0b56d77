using Xunit;

namespace Apns.Http2.Tests;

public class FloodGuardTests
{
    [Fact]
    public void The_burst_is_allowed_at_once_and_comes_back_with_time()
    {
        const long Start = 5_000_000;
        var guard = new FloodGuard(new Http2Rate(3, 2), "things");
        for (int i = 0; i < 3; i++) guard.Take(Start);
        Assert.Equal("too many things", Refused(ref guard, Start));
        Assert.NotNull(Refused(ref guard, Start + 499));
        Assert.Null(Refused(ref guard, Start + 500));
        Assert.NotNull(Refused(ref guard, Start + 999));
        Assert.Null(Refused(ref guard, Start + 1000));

        // Never more than the burst, however long it was quiet.
        for (int i = 0; i < 3; i++) Assert.Null(Refused(ref guard, Start + 1_000_000));
        Assert.NotNull(Refused(ref guard, Start + 1_000_000));
    }

    [Fact]
    public void A_rate_of_nothing_allows_nothing()
    {
        var guard = new FloodGuard(new Http2Rate(0, 1000), "things");
        Assert.NotNull(Refused(ref guard, 0));
        Assert.NotNull(Refused(ref guard, 10_000));
    }

    private static string? Refused(ref FloodGuard guard, long now)
    {
        try
        {
            guard.Take(now);
            return null;
        }
        catch (Http2ConnectionException error)
        {
            Assert.Equal(Http2ErrorCode.EnhanceYourCalm, error.ErrorCode);
            return error.Message;
        }
    }
}

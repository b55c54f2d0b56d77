using Xunit;

namespace Apns.Http2.Tests;

public class ClosedStreamsTests
{
    [Fact]
    public void It_remembers_the_last_ones()
    {
        var closed = new ClosedStreams(3);
        Assert.False(closed.Contains(1));
        closed.Add(1);
        closed.Add(5);
        closed.Add(3);
        Assert.True(closed.Contains(1) && closed.Contains(3) && closed.Contains(5));
        Assert.False(closed.Overflowed);

        closed.Add(7);
        Assert.True(closed.Overflowed);
        Assert.False(closed.Contains(1));
        Assert.True(closed.Contains(3) && closed.Contains(5) && closed.Contains(7));
    }
}

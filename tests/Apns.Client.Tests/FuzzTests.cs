using System;
using Apns.Fuzz;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>The beginning of what <c>dotnet run --project tests/Apns.Fuzz</c> does: the corpus, and a few changes to it.</summary>
public class FuzzTests
{
    [Theory]
    [InlineData("client-conversation", 1000)]
    [InlineData("server-conversation", 1000)]
    [InlineData("header-blocks", 2000)]
    [InlineData("answers", 1000)]
    [InlineData("certificates", 100)]
    [InlineData("keys", 1000)]
    [InlineData("json", 500)]
    [InlineData("rows", 300)]
    [InlineData("journals", 60)]
    [InlineData("proxies", 1000)]
    [InlineData("fault-texts", 1000)]
    public void No_input_breaks_a_promise(string target, int count)
    {
        FuzzTarget tried = FuzzTarget.Find(target);
        var mutator = new Mutator(tried);
        Assert.True(count > mutator.CorpusCount);
        for (int seed = 0; seed < count; seed++)
        {
            try
            {
                tried.Run(mutator.Make(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}: {e}");
            }
        }
    }

    [Fact]
    public void Each_target_is_tried() =>
        Assert.Equal(FuzzTarget.All.Count, typeof(FuzzTests).GetMethod(nameof(No_input_breaks_a_promise))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Length);
}

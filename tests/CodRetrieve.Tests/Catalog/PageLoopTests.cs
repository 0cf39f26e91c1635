using CodRetrieve.Catalog;

namespace CodRetrieve.Tests.Catalog;

public sealed class PageLoopTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    [InlineData(5, 7)]
    [InlineData(40, 1)]
    [InlineData(0, 1_000)]
    public void Tokens_that_come_again_are_noticed(int before, int cycle)
    {
        var loop = new PageLoop();
        var pages = 0;
        while (loop.MayGoOn($"{(pages < before ? pages : before + ((pages - before) % cycle))}", isFurther: true))
        {
            pages++;
            Assert.InRange(pages, 0, (3 * (before + cycle)) + 2);
        }

        Assert.True(pages >= before + cycle);
    }

    [Fact]
    public void A_million_pages_with_tokens_of_their_own_are_no_loop()
    {
        var loop = new PageLoop();
        Assert.All(Enumerable.Range(0, 1_000_000), page => Assert.True(loop.MayGoOn($"{page}", isFurther: true)));
    }

    [Fact]
    public void Pages_with_nothing_new_may_come_but_not_for_ever()
    {
        var loop = new PageLoop();
        var pages = 0;
        while (loop.MayGoOn($"{pages}", isFurther: false))
        {
            Assert.InRange(++pages, 1, 10_000);
        }

        Assert.Equal(10_000, pages);
        Assert.True(new PageLoop().MayGoOn("x", isFurther: false));
    }
}

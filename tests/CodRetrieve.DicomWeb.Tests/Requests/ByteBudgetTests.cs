namespace CodRetrieve.DicomWeb.Tests.Requests;

public sealed class ByteBudgetTests
{
    [Fact(Timeout = 30_000)]
    public async Task Who_comes_first_is_served_first_and_one_that_is_cancelled_lets_the_next_pass()
    {
        var budget = new ByteBudget(10);
        await budget.TakeAsync(8, default);
        using var cancellation = new CancellationTokenSource();
        var large = budget.TakeAsync(9, cancellation.Token).AsTask();
        var small = budget.TakeAsync(2, default).AsTask();
        Assert.False(small.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small;
        budget.Return(8);
        budget.Return(2);
        await budget.TakeAsync(10, default);
    }
}

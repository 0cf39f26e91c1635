using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests.Ledger;

/// <summary>The ledger in SQLite.</summary>
public sealed class SqliteLedgerTests
{
    [Fact(Timeout = 120_000)]
    public Task Schema_is_the_models() => RunAsync(static contract => contract.Schema_is_the_models());

    [Fact(Timeout = 120_000)]
    public Task Of_many_claims_at_once_one_succeeds() => RunAsync(static contract => contract.Of_many_claims_at_once_one_succeeds());

    [Fact(Timeout = 120_000)]
    public Task Run_whose_lease_has_ended_changes_nothing() => RunAsync(static contract => contract.Run_whose_lease_has_ended_changes_nothing());

    [Fact(Timeout = 120_000)]
    public Task Outcome_counts_once_however_often_it_is_recorded() => RunAsync(static contract => contract.Outcome_counts_once_however_often_it_is_recorded());

    [Fact(Timeout = 120_000)]
    public Task Shard_with_something_left_waits_longer_after_each_failed_run() => RunAsync(static contract => contract.Shard_with_something_left_waits_longer_after_each_failed_run());

    [Fact(Timeout = 120_000)]
    public Task Split_leaves_each_study_to_one_shard() => RunAsync(static contract => contract.Split_leaves_each_study_to_one_shard());

    [Fact(Timeout = 120_000)]
    public Task Cancelled_and_paused_requests_begin_no_shard() => RunAsync(static contract => contract.Cancelled_and_paused_requests_begin_no_shard());

    [Fact(Timeout = 120_000)]
    public Task Retry_takes_up_what_failed_and_nothing_else() => RunAsync(static contract => contract.Retry_takes_up_what_failed_and_nothing_else());

    [Fact(Timeout = 120_000)]
    public Task Key_makes_one_request_of_many_at_once() => RunAsync(static contract => contract.Key_makes_one_request_of_many_at_once());

    [Fact(Timeout = 120_000)]
    public Task Lists_are_paged_without_gaps_or_repetitions() => RunAsync(static contract => contract.Lists_are_paged_without_gaps_or_repetitions());

    [Fact(Timeout = 120_000)]
    public Task Requests_of_another_tenant_are_not_there() => RunAsync(static contract => contract.Requests_of_another_tenant_are_not_there());

    [Fact(Timeout = 120_000)]
    public Task Audit_trail_tells_who_asked_for_what_and_cannot_be_changed() => RunAsync(static contract => contract.Audit_trail_tells_who_asked_for_what_and_cannot_be_changed());

    private static async Task RunAsync(Func<LedgerContract, Task> check)
    {
        await using var service = await TestService.CreateAsync();
        await check(new LedgerContract(service));
    }
}

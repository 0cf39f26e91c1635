using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WorkerService;

internal sealed class InboxHealth(InboxState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state.Problem is { } problem
            ? HealthCheckResult.Unhealthy(problem)
            : HealthCheckResult.Healthy($"{state.Running} requests are being retrieved."));
}

using System.Text.RegularExpressions;
using CodRetrieve.Service.Browser.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CodRetrieve.Service.Browser.Tests;

/// <summary>What operators do with the page, in a real browser, on the real service.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Duration", "long")]
public sealed partial class PageTests(BrowserFixture fixture)
{
    private const string Missing = "1.2.999.1";

    [ChromiumFact]
    public async Task A_request_is_created_by_the_form_checked_first_and_watched_to_its_end()
    {
        await using var service = await ServiceProcess.StartAsync();
        var studies = Put(service, 12);
        await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address);
        var page = visitor.Page;

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "New request" }).ClickAsync();
        await page.GetByLabel("Study Instance UIDs").FillAsync(string.Join('\n', studies));
        await page.GetByRole(AriaRole.Button, new() { Name = "Check first" }).ClickAsync();

        var check = page.GetByRole(AriaRole.Region, new() { Name = "What it would do" });
        await Expect(check.GetByRole(AriaRole.Definition).First).ToHaveTextAsync("12");
        Assert.False(Directory.Exists(Path.Combine(service.Destination, studies[0])));
        // What was written is still there.
        await Expect(page.GetByLabel("Study Instance UIDs")).ToHaveValueAsync(string.Join('\n', studies));

        await page.GetByRole(AriaRole.Button, new() { Name = "Start the request" }).ClickAsync();
        await page.WaitForURLAsync("**/requests/1");
        // By the stream of events: nobody loads the page again.
        await Expect(page.Locator("h1 + .state")).ToHaveTextAsync("Completed", new() { Timeout = 60_000 });
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "100");
        await Expect(page.Locator("#announcer")).ToContainTextAsync("Completed");
        Assert.Equal(12, Directory.GetDirectories(service.Destination).Count(folder => studies.Contains(Path.GetFileName(folder))));

        await page.GetByRole(AriaRole.Link, new() { Name = studies[3], Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Series" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
    }

    [ChromiumFact]
    public async Task Failures_are_explained_and_one_click_tries_them_again()
    {
        await using var service = await ServiceProcess.StartAsync();
        var studies = Put(service, 3);
        await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address);
        var page = visitor.Page;
        await CreateAsync(page, [.. studies, Missing]);
        await Expect(page.Locator("h1 + .state")).ToHaveTextAsync("Failed in part", new() { Timeout = 60_000 });

        await page.GotoAsync("/");
        var failed = page.GetByRole(AriaRole.Region, new() { Name = "Failed" });
        await Expect(failed).ToContainTextAsync("Not in the store");
        await Expect(failed).ToContainTextAsync("Check the UIDs");

        // Meanwhile the store has it.
        Put(service, Missing, seed: 77);
        await failed.GetByRole(AriaRole.Button, new() { Name = "Retry 1 failed of request 1" }).ClickAsync();
        await Expect(page.Locator(".message")).ToContainTextAsync("tried again");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Completed last" })).ToContainTextAsync("Request 1", new() { Timeout = 60_000 });
        await Expect(failed).ToContainTextAsync("Nothing failed.");
        // It stays until someone goes on, however often the page is brought up to date.
        await Expect(page.Locator(".message")).ToContainTextAsync("tried again");

        await page.GetByRole(AriaRole.Searchbox).FillAsync("1.2.999");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Expect(page.Locator("main")).ToContainTextAsync(Missing);
        await Expect(page.Locator("main")).ToContainTextAsync("Saved");
    }

    [ChromiumFact]
    public async Task A_request_is_paused_resumed_and_cancelled_while_it_runs()
    {
        // A link so slow that the request does not end by itself.
        await using var service = await ServiceProcess.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Service__Node__MaxBytesPerSecond"] = "4096" });
        var studies = Put(service, 5, new SyntheticSeriesOptions { InstanceCount = 4, InstanceSizeBytes = 200_000 });
        await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address);
        var page = visitor.Page;
        await CreateAsync(page, studies);
        var state = page.Locator("h1 + .state");
        await Expect(state).ToHaveTextAsync("Running", new() { Timeout = 60_000 });

        await page.GotoAsync("/nodes");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "node-1" })).ToContainTextAsync("Request 1");
        await page.GotoAsync("/requests/1");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause request 1" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("Paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume request 1" }).ClickAsync();
        await Expect(state).ToHaveTextAsync(RunningOrWaiting());

        // What asks once more stays open while the page is brought up to date.
        await page.GetByText("Cancel…").ClickAsync();
        await page.EvaluateAsync("() => new Promise(done => new MutationObserver((_, o) => { o.disconnect(); done(); }).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true, attributes: true }))");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the request" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("Cancelled");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause request 1" })).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync("cancel");
    }

    [ChromiumFact]
    public async Task Each_role_sees_what_it_may_do_and_nothing_else()
    {
        await using var service = await ServiceProcess.StartAsync();
        await using (var local = await Visitor.OpenAsync(fixture.Browser, service.Address))
        {
            await CreateAsync(local.Page, [Missing]);
            await Expect(local.Page.Locator("h1 + .state")).ToHaveTextAsync("Failed", new() { Timeout = 60_000 });
        }

        var administrator = await service.CreateKeyAsync("administrator", "Ada");
        await using var stranger = await Visitor.OpenAsync(fixture.Browser, service.Address);
        // From the first key on, this machine needs a credential, too.
        await stranger.Page.GotoAsync("/requests/1");
        Assert.EndsWith("/sign-in?returnUrl=%2Frequests%2F1", stranger.Page.Url, StringComparison.Ordinal);
        await stranger.Page.GetByLabel("API key").FillAsync(administrator[..^1] + (administrator[^1] == '0' ? '1' : '0'));
        await stranger.Page.Keyboard.PressAsync("Enter");
        await Expect(stranger.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("unknown, revoked or expired");

        await using var ada = await Visitor.OpenAsync(fixture.Browser, service.Address, key: administrator);
        await ada.Page.GotoAsync("/keys");
        await ada.Page.GetByLabel("Name").FillAsync("Vera");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Create the key" }).ClickAsync();
        var viewer = await ada.Page.Locator("#created-key").InnerTextAsync();
        await ada.Page.GotoAsync("/jobs");
        await Expect(ada.Page.Locator("body")).ToContainTextAsync("CodRetrieve jobs");
        await ada.Page.GotoAsync("/audit");
        await Expect(ada.Page.Locator("main")).ToContainTextAsync("create key");
        await Expect(ada.Page.Locator("main")).Not.ToContainTextAsync(viewer.Split('_')[2]);

        await using var vera = await Visitor.OpenAsync(fixture.Browser, service.Address, key: viewer);
        await Expect(vera.Page.Locator("main")).ToContainTextAsync("Request 1");
        await Expect(vera.Page.GetByRole(AriaRole.Button, new() { NameRegex = Retry() })).ToHaveCountAsync(0);
        await Expect(vera.Page.GetByRole(AriaRole.Link, new() { Name = "New request" })).ToHaveCountAsync(0);
        await Expect(vera.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" })).ToHaveCountAsync(0);
        foreach (var closed in new[] { "/requests/new", "/audit", "/keys", "/jobs" })
        {
            Assert.Equal(403, (await vera.Page.GotoAsync(closed))!.Status);
        }

        var grace = await service.CreateKeyAsync("operator", "Grace");
        await using var operators = await Visitor.OpenAsync(fixture.Browser, service.Address, key: grace);
        await Expect(operators.Page.GetByRole(AriaRole.Button, new() { NameRegex = Retry() })).ToHaveCountAsync(1);
        Assert.Equal(403, (await operators.Page.GotoAsync("/jobs"))!.Status);

        // A key that is revoked ends its sessions.
        await ada.Page.GotoAsync("/keys");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke the key Vera" }).ClickAsync();
        await vera.Page.GotoAsync("/");
        Assert.EndsWith("/sign-in", vera.Page.Url, StringComparison.Ordinal);

        await operators.Page.GotoAsync("/");
        await operators.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        Assert.EndsWith("/sign-in", operators.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(administrator.Split('_')[2], service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(viewer.Split('_')[2], service.Output, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task A_request_is_created_with_the_keyboard_alone()
    {
        await using var service = await ServiceProcess.StartAsync();
        var studies = Put(service, 1);
        await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address);
        var (page, keys) = (visitor.Page, visitor.Page.Keyboard);
        await page.GotoAsync("/");

        await keys.PressAsync("Tab");
        await Expect(page.GetByText("Skip to content")).ToBeFocusedAsync();
        await TabToAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "New request" }));
        await keys.PressAsync("Enter");
        await page.WaitForURLAsync("**/requests/new");
        await TabToAsync(page, page.GetByLabel("Study Instance UIDs"));
        await keys.TypeAsync(studies[0]);
        await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Check first" }));
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What it would do" })).ToBeVisibleAsync();
        await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Start the request" }));
        await keys.PressAsync("Space");
        await Expect(page.Locator("h1 + .state")).ToHaveTextAsync("Completed", new() { Timeout = 60_000 });

        // Where the keyboard is, it stays, while rows around it come and go.
        await page.GotoAsync("/");
        await TabToAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "Request 1" }));
        await using var other = await Visitor.OpenAsync(fixture.Browser, service.Address);
        await CreateAsync(other.Page, studies);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Request 2" })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Request 1" })).ToBeFocusedAsync();
    }

    [ChromiumFact]
    public async Task Everything_works_without_scripts()
    {
        await using var service = await ServiceProcess.StartAsync();
        var studies = Put(service, 1);
        await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address, scripts: false);
        var page = visitor.Page;
        await CreateAsync(page, [.. studies, Missing]);

        var state = page.Locator("h1 + .state");
        while (await state.InnerTextAsync() is "Waiting" or "Running")
        {
            await page.ReloadAsync();
        }

        await Expect(state).ToHaveTextAsync("Failed in part");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry 1 failed of request 1" }).ClickAsync();
        await Expect(page.Locator(".message")).ToContainTextAsync("tried again");
    }

    [GeneratedRegex("^Retry", RegexOptions.None, 1000)]
    private static partial Regex Retry();

    [GeneratedRegex("^Running$|^Waiting$", RegexOptions.None, 1000)]
    private static partial Regex RunningOrWaiting();

    internal static string[] Put(ServiceProcess service, int count, SyntheticSeriesOptions? options = null, int first = 1) =>
        [.. Enumerable.Range(first, count).Select(number => Put(service, $"1.2.826.0.1.3680043.10.543.{number}", number, options))];

    private static string Put(ServiceProcess service, string uid, int seed, SyntheticSeriesOptions? options = null)
    {
        var study = new SyntheticStudy(uid, seed);
        study.AddSeries(options ?? new SyntheticSeriesOptions { InstanceCount = 3 });
        service.Store.Put(study);
        return uid;
    }

    internal static async Task CreateAsync(IPage page, IEnumerable<string> studies, string destination = "research")
    {
        await page.GotoAsync("/requests/new");
        await page.GetByLabel("Destination").SelectOptionAsync(destination);
        await page.GetByLabel("Study Instance UIDs").FillAsync(string.Join('\n', studies));
        await page.GetByRole(AriaRole.Button, new() { Name = "Start without a check" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/requests/[0-9]+$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    private static async Task TabToAsync(IPage page, ILocator target)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                // Whoever uses the keyboard has to see where it is.
                Assert.NotEqual("none", await target.EvaluateAsync<string>("element => getComputedStyle(element).outlineStyle"));
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The keyboard does not reach {target}.");
    }
}

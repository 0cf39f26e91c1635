using CodRetrieve.Service.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CodRetrieve.Service.Browser.Tests;

/// <summary>Every page, on a phone and on a wall, in the light and in the dark, and for those who do not see it.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Duration", "long")]
public sealed class AppearanceTests(BrowserFixture fixture)
{
    private static readonly string[] Addresses =
    [
        "/", "/requests", "/requests?state=Incomplete", "/requests/new", "/requests/1", "/requests/1?state=Failed", "/requests/2/studies/1.2.826.0.1.3680043.10.543.1", "/studies?uid=1.2",
        "/studies?uid=..%2F..", "/nodes", "/keys", "/audit", "/sign-in", "/nothing-here",
    ];

    [ChromiumFact]
    public async Task Every_page_is_accessible_fits_a_phone_and_a_wall_and_is_dark_where_the_system_is()
    {
        await using var service = await ServiceProcess.StartAsync();
        await using (var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address))
        {
            // Enough of everything: what completed, what failed, what waits, and what runs.
            var studies = PageTests.Put(service, 7);
            await PageTests.CreateAsync(visitor.Page, [.. studies, "1.2.999.1", $"1.2.999.{new string('7', 56)}"]);
            await Expect(visitor.Page.Locator("h1 + .state")).ToHaveTextAsync("Failed in part", new() { Timeout = 60_000 });
            await PageTests.CreateAsync(visitor.Page, studies);
            await Expect(visitor.Page.Locator("h1 + .state")).ToHaveTextAsync("Completed", new() { Timeout = 60_000 });
            await PageTests.CreateAsync(visitor.Page, studies);
            await visitor.Page.GotoAsync("/requests/3");
        }

        var backgrounds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (width, scheme) in new[] { (360, ColorScheme.Light), (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (3840, ColorScheme.Dark) })
        {
            await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address, width, width == 3840 ? 2160 : 800, scheme);
            foreach (var address in Addresses)
            {
                await visitor.Page.GotoAsync(address);
                await visitor.AssertNoHorizontalScrollingAsync();
                await visitor.AssertAccessibleAsync();
                backgrounds.Add($"{scheme} {await visitor.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor")}");
            }

            // A wall screen is read from afar.
            var size = await visitor.Page.EvaluateAsync<double>("() => parseFloat(getComputedStyle(document.body).fontSize)");
            Assert.True(width < 3840 ? size is >= 15 and <= 17 : size >= 20, $"{size} px at {width} px");
        }

        Assert.Equal(2, backgrounds.Count);
    }
}

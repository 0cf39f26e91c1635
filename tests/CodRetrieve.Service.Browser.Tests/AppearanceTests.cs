using CodRetrieve.Service.Browser.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CodRetrieve.Service.Browser.Tests;

/// <summary>Every page, on a phone and on a wall, in the light and in the dark, and for those who do not see it.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Duration", "long")]
public sealed class AppearanceTests(BrowserFixture fixture)
{
    /// <summary>The folder that gets pictures of the page, such as <c>docs/service</c>; none are made where it is not set.</summary>
    private const string PictureFolder = "COD_RETRIEVE_PICTURES";

    private static readonly string[] Addresses =
    [
        "/", "/requests", "/requests?state=Cancelled", "/requests/new", "/requests/1", "/requests/1?state=Failed", "/requests/3", "/requests/2/studies/1.2.826.0.1.3680043.10.543.1",
        "/studies?uid=1.2", "/studies?uid=..%2F..", "/nodes", "/keys", "/audit", "/sign-in", "/nothing-here",
    ];

    [ChromiumFact(Timeout = 300_000)]
    public async Task Every_page_is_accessible_fits_a_phone_and_a_wall_and_is_dark_where_the_system_is()
    {
        // Slow enough that the third request runs as long as it is looked at.
        await using var service = await ServiceProcess.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Service__Node__MaxBytesPerSecond"] = "3000000",
            ["Service__Node__Workers"] = "2",
            ["Service__Destinations__teaching__Kind"] = "Zip",
            ["Service__Destinations__teaching__Directory"] = "zips",
        });
        var studies = PageTests.Put(service, 7);
        await using (var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address))
        {
            var page = visitor.Page;
            await PageTests.CreateAsync(page, [.. studies, "1.2.840.113619.2.5.1762583153.215519.978957063.78", $"1.2.999.{new string('7', 56)}"]);
            await Expect(page.Locator("h1 + .state")).ToHaveTextAsync("Failed in part", new() { Timeout = 60_000 });
            await PageTests.CreateAsync(page, studies, "teaching");
            await Expect(page.Locator("h1 + .state")).ToHaveTextAsync("Completed", new() { Timeout = 60_000 });
            var large = PageTests.Put(service, 100, new SyntheticSeriesOptions { InstanceCount = 20, InstanceSizeBytes = 400_000 }, first: 101);
            await PageTests.CreateAsync(page, large);
            await Expect(page.Locator("h1 + .state")).ToHaveTextAsync("Running", new() { Timeout = 60_000 });
            await PageTests.CreateAsync(page, large.Skip(50), "teaching");
            await page.GetByRole(AriaRole.Button, new() { Name = "Pause request 4" }).ClickAsync();
            await Expect(page.Locator("h1 + .state")).ToHaveTextAsync("Paused");
        }

        var backgrounds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (width, scheme) in new[] { (360, ColorScheme.Light), (1280, ColorScheme.Dark), (3840, ColorScheme.Light) })
        {
            await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address, width, width == 3840 ? 2160 : 800, scheme);
            foreach (var address in width < 3840 ? Addresses : ["/", "/requests/new", "/requests/1", "/nodes"])
            {
                await visitor.Page.GotoAsync(address);
                await visitor.AssertNoHorizontalScrollingAsync();
                backgrounds.Add($"{scheme} {await visitor.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor")}");
                if (width < 3840)
                {
                    await visitor.AssertAccessibleAsync();
                }
            }

            // A wall screen is read from afar.
            var size = await visitor.Page.EvaluateAsync<double>("() => parseFloat(getComputedStyle(document.body).fontSize)");
            Assert.True(width < 3840 ? size is >= 15 and <= 17 : size >= 20, $"{size} px at {width} px");
        }

        Assert.Equal(2, backgrounds.Count);
        if (Environment.GetEnvironmentVariable(PictureFolder) is { Length: > 0 } folder)
        {
            await TakePicturesAsync(service, Directory.CreateDirectory(folder).FullName, studies);
        }
    }

    private async Task TakePicturesAsync(ServiceProcess service, string folder, string[] studies)
    {
        foreach (var (name, address, width, height, scheme) in new[]
        {
            ("overview", "/", 1280, 620, ColorScheme.Light),
            ("overview-dark", "/", 1280, 620, ColorScheme.Dark),
            ("request", "/requests/1", 1280, 980, ColorScheme.Light),
            ("nodes-dark", "/nodes", 1280, 420, ColorScheme.Dark),
            ("phone", "/", 360, 780, ColorScheme.Light),
            ("wall", "/", 3840, 1100, ColorScheme.Dark),
        })
        {
            await using var visitor = await Visitor.OpenAsync(fixture.Browser, service.Address, width, height, scheme);
            await visitor.Page.GotoAsync(address);
            await Expect(visitor.Page.Locator("#live")).ToHaveTextAsync("Up to date");
            await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }

        await using var form = await Visitor.OpenAsync(fixture.Browser, service.Address, 1280, 980);
        await form.Page.GotoAsync("/requests/new");
        await form.Page.GetByLabel("Study Instance UIDs").FillAsync(string.Join('\n', [.. studies, "1.2.840.113619.2.5.1762583153.215519.978957063.78"]));
        await form.Page.GetByLabel("Only images with").FillAsync("Modality = 'CT'");
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Check first" }).ClickAsync();
        await Expect(form.Page.GetByText("What it would do")).ToBeVisibleAsync();
        await form.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, "new-request.png") });
    }
}

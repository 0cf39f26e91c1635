using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace CodRetrieve.Service.Browser.Tests.Support;

/// <summary>Someone with a browser: a window with a profile of its own, in which nothing may go wrong unseen.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = new();

    private Visitor(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            // A violation of the content security policy, or a failed script.
            if (message.Type == "error" && !message.Text.Contains("Failed to load resource", StringComparison.Ordinal))
            {
                _problems.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _problems.Enqueue(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Host is not "127.0.0.1")
            {
                _problems.Enqueue($"The page asks another host: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Problems => _problems;

    public static async Task<Visitor> OpenAsync(
        IBrowser browser, Uri address, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light, bool scripts = true, string? key = null)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = scripts,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(20_000);
        var visitor = new Visitor(context, await context.NewPageAsync());
        if (key is not null)
        {
            await visitor.SignInAsync(key);
        }

        return visitor;
    }

    public async Task SignInAsync(string key)
    {
        await Page.GotoAsync("/sign-in");
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with the key" }).ClickAsync();
        await Page.WaitForURLAsync("**/");
    }

    /// <summary>Fails where the content of the window is wider than the window.</summary>
    public async Task AssertNoHorizontalScrollingAsync()
    {
        var wide = await Page.EvaluateAsync<string[]>("""
            () => {
                const width = document.documentElement.clientWidth;
                return document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll("body *")]
                    .filter(e => e.getBoundingClientRect().right > width + 1 && getComputedStyle(e).position !== "absolute").map(e => e.outerHTML.slice(0, 120));
            }
            """);
        Assert.True(wide.Length == 0, $"{Page.Url} is wider than its window:\n{string.Join('\n', wide)}");
    }

    /// <summary>Fails where axe finds something.</summary>
    public async Task AssertAccessibleAsync()
    {
        var result = await Page.RunAxe();
        Assert.True(result.Violations.Length == 0, $"{Page.Url}:\n{string.Join('\n', result.Violations.Select(Text))}");
        Assert.NotEmpty(result.Passes);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.True(_problems.IsEmpty, string.Join('\n', _problems));
    }

    private static string Text(AxeResultItem item) =>
        $"{item.Id} ({item.Impact}): {item.Help}\n{string.Join('\n', item.Nodes.Select(node => $"    {node.Html}"))}";
}

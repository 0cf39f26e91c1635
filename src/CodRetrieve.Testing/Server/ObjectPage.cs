using System.Buffers.Text;
using System.Text;

namespace CodRetrieve.Testing;

/// <summary>One page of a listing: objects and prefixes, which GCS orders and counts together.</summary>
internal sealed class ObjectPage
{
    public List<TestObject> Items { get; } = [];

    public List<string> Prefixes { get; } = [];

    public string? NextPageToken { get; private set; }

    /// <param name="objects">All objects, in listing order.</param>
    /// <param name="prefix">What the names begin with; may be empty.</param>
    /// <param name="delimiter">What ends a common prefix; empty for none.</param>
    /// <param name="startOffset">The first name to list; empty for the first of all.</param>
    /// <param name="after">The last entry of the page before, from its token; null for the first page.</param>
    /// <param name="limit">The most entries of this page.</param>
    public static ObjectPage Of(TestObject[] objects, string prefix, string delimiter, string startOffset, string? after, int limit)
    {
        var page = new ObjectPage();
        var comparer = ObjectNameComparer.Instance;
        var first = comparer.Compare(prefix, startOffset) >= 0 ? prefix : startOffset;
        first = after is not null && comparer.Compare(after, first) > 0 ? after : first;
        string? last = null;
        for (var i = LowerBound(objects, first); i < objects.Length && objects[i].Name.StartsWith(prefix, StringComparison.Ordinal); i++)
        {
            var entry = EntryOf(objects[i].Name, prefix, delimiter, out var isPrefix);
            if (entry == last || (after is not null && comparer.Compare(entry, after) <= 0))
            {
                continue;
            }

            if (page.Items.Count + page.Prefixes.Count == limit)
            {
                page.NextPageToken = TokenOf(last!);
                break;
            }

            if (isPrefix)
            {
                page.Prefixes.Add(entry);
            }
            else
            {
                page.Items.Add(objects[i]);
            }

            last = entry;
        }

        return page;
    }

    public static bool TryReadToken(string token, out string? after)
    {
        after = null;
        if (!Base64.IsValid(token))
        {
            return false;
        }

        after = Encoding.UTF8.GetString(Convert.FromBase64String(token));
        return after.Length > 0;
    }

    private static string TokenOf(string entry) => Convert.ToBase64String(Encoding.UTF8.GetBytes(entry));

    private static string EntryOf(string name, string prefix, string delimiter, out bool isPrefix)
    {
        var end = delimiter.Length == 0 ? -1 : name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        isPrefix = end >= 0;
        return isPrefix ? name[..(end + delimiter.Length)] : name;
    }

    private static int LowerBound(TestObject[] objects, string name)
    {
        int low = 0, high = objects.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ObjectNameComparer.Instance.Compare(objects[middle].Name, name) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

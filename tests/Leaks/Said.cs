using System.Collections;
using System.Reflection;

namespace CodRetrieve.Tests.Leaks;

/// <summary>Everything that an object says: its text, that of its properties, and that of theirs, but <see cref="AskedFor"/>.</summary>
internal static class Said
{
    /// <summary>The two properties of the library that hold values of DICOM tags, for who asks for statistics. No other may.</summary>
    public static readonly IReadOnlySet<string> AskedFor =
        new HashSet<string>(StringComparer.Ordinal) { "SeriesStats.Modality", "SeriesStats.SeriesDescription" };

    public static IEnumerable<string> By(object? value) => By(value, new HashSet<object>(ReferenceEqualityComparer.Instance));

    private static IEnumerable<string> By(object? value, HashSet<object> seen)
    {
        if (value is null || (!value.GetType().IsValueType && !seen.Add(value)))
        {
            yield break;
        }

        yield return value.ToString() ?? "";
        if (value is string)
        {
            yield break;
        }

        foreach (var text in Parts(value).SelectMany(part => By(part, seen)))
        {
            yield return text;
        }
    }

    // The items of a list, and the properties of the library's own objects, of exceptions wherever they come from, and of what a log
    // message was made from.
    private static IEnumerable<object?> Parts(object value)
    {
        var type = value.GetType();
        var items = value is IEnumerable list ? list.Cast<object?>() : [];
        if (type.Assembly.GetName().Name != "CodRetrieve" && value is not Exception && !type.IsGenericType)
        {
            return items;
        }

        return items.Concat(type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            // A task's result would be waited for.
            .Where(property => property.GetIndexParameters().Length == 0 && property.Name is not nameof(Exception.TargetSite)
                && !property.PropertyType.IsByRefLike && !property.PropertyType.IsAssignableTo(typeof(Task))
                && !AskedFor.Contains($"{type.Name}.{property.Name}"))
            .Select(property => property.GetValue(value)));
    }
}

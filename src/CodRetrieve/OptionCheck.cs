namespace CodRetrieve;

/// <summary>Checks the values of options.</summary>
internal static class OptionCheck
{
    /// <exception cref="ArgumentOutOfRangeException">The enumeration has no such value.</exception>
    public static void ThrowIfNotDefined<T>(T value, string name)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "There is no such value.");
        }
    }
}

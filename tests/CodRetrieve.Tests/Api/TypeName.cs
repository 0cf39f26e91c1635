namespace CodRetrieve.Tests.Api;

/// <summary>Types as C# writes them.</summary>
internal static class TypeName
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    public static string Of(Type type, bool withNamespace = false)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsByRef)
        {
            return "ref " + Of(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[]";
        }

        if (System.Nullable.GetUnderlyingType(type) is { } value)
        {
            return Of(value) + "?";
        }

        var name = type.Name.Split('`')[0];
        name = withNamespace && type.Namespace is not null ? $"{type.Namespace}.{name}" : name;
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(one => Of(one)))}>" : name;
    }
}

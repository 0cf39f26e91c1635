using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace CodRetrieve.Tests.Api;

/// <summary>Writes what users of an assembly can name, in an order that does not depend on the compiler.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Write(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(TypeName.Of(type, withNamespace: true)).Append(Bases(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var bases = type.GetInterfaces().Except(inherited).Select(one => TypeName.Of(one)).Order(StringComparer.Ordinal).ToList();
        if (type is { IsClass: true, BaseType: { } baseType } && baseType != typeof(object))
        {
            bases.Insert(0, TypeName.Of(baseType));
        }

        return type.IsEnum || bases.Count == 0 ? "" : " : " + string.Join(", ", bases);
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => $"{Enum.GetName(type, value)} = {value}");
        }

        return type.GetFields(Declared).Where(field => IsVisible(field)).Select(Field)
            .Concat(type.GetConstructors(Declared).Where(IsVisible).Select(one => $"{Access(one)}{Name(type)}({Parameters(one)})"))
            .Concat(type.GetProperties(Declared).Where(one => one.GetAccessors(nonPublic: true).Any(IsVisible)).Select(Property))
            .Concat(type.GetEvents(Declared).Where(one => IsVisible(one.AddMethod!)).Select(one => $"event {TypeName.Of(one.EventHandlerType!)} {one.Name}"))
            .Concat(type.GetMethods(Declared).Where(one => IsVisible(one) && !one.Name.StartsWith('<') && (!one.IsSpecialName || one.Name.StartsWith("op_", StringComparison.Ordinal))).Select(Method));
    }

    private static string Field(FieldInfo field) =>
        (field.IsLiteral ? "const " : field.IsStatic ? "static " : "") + $"{TypeName.Of(field.FieldType)} {field.Name}" + (field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "");

    private static string Property(PropertyInfo property)
    {
        var get = property.GetMethod is { } getter && IsVisible(getter) ? " get;" : "";
        var set = property.SetMethod is { } setter && IsVisible(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
            : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var accessor = property.GetMethod ?? property.SetMethod!;
        var index = property.GetIndexParameters().Length > 0 ? $"[{Parameters(property.GetIndexParameters())}]" : "";
        return $"{Access(accessor)}{required}{TypeName.Of(property.PropertyType)}{Nullable(new NullabilityInfoContext().Create(property))} {property.Name}{index} {{{get}{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>" : "";
        var result = TypeName.Of(method.ReturnType) + Nullable(new NullabilityInfoContext().Create(method.ReturnParameter));
        return $"{Access(method)}{result} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Access(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "") + (method.IsStatic ? "static " : "");

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(IEnumerable<ParameterInfo> parameters) => string.Join(", ", parameters.Select(parameter =>
        $"{TypeName.Of(parameter.ParameterType)}{Nullable(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{Default(parameter)}"));

    private static string Default(ParameterInfo parameter) => !parameter.HasDefaultValue ? ""
        : parameter.DefaultValue is { } value ? $" = {value}" : " = default";

    // Nullable values are named by their type.
    private static string Nullable(NullabilityInfo info) =>
        !info.Type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";

    private static string Name(Type type) => type.Name.Split('`')[0];

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}

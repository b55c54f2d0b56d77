using System;
using System.Globalization;

namespace Apns.Client.Tests;

/// <summary>What the environment says of how much tests do, and from which seed.</summary>
internal static class Setting
{
    public static int Of(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}

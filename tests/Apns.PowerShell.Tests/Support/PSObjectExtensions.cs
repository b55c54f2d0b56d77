using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The module's types come from the staged files, so tests see their objects through properties.</summary>
internal static class PSObjectExtensions
{
    extension(PSObject item)
    {
        /// <summary>A property as text; null when it is null.</summary>
        public string? Text(string property) => item.Get(property) is { } value ? LanguagePrimitives.ConvertTo<string>(value) : null;

        /// <summary>A property's value; the property must exist.</summary>
        public object? Get(string property)
        {
            PSPropertyInfo? found = item.Properties[property];
            Assert.True(found is not null, $"{item.TypeNames[0]} has no property {property}.");
            return found.Value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : found.Value;
        }

        public T Get<T>(string property) => LanguagePrimitives.ConvertTo<T>(item.Get(property));
    }
}

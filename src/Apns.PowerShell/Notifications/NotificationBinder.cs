using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>
/// Finds the values of the notification for each input: from the command line, where it gives a value; by its script
/// block, where it gives one; else from the input's property of the parameter's name. PowerShell's own binder could do
/// the same, and takes 0.7 µs for each such parameter and input, needed or not: 34 µs for 45 of them, against 2 µs for
/// all that a plain token needs (measured).
/// </summary>
internal sealed class NotificationBinder
{
    private readonly IReadOnlyDictionary<string, NotificationParameter> _parameters;
    private readonly NotificationValues _constant = new();
    private readonly List<(NotificationParameter Parameter, ScriptBlock Script)> _scripts = [];
    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);
    private NotificationValues? _last;

    /// <param name="parameters">The cmdlet's.</param>
    /// <param name="bound">What the command line says.</param>
    /// <param name="switchScripts">The script blocks of switches, which <paramref name="bound"/> cannot hold.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: a value cannot be read.</exception>
    public NotificationBinder(IReadOnlyDictionary<string, NotificationParameter> parameters, IDictionary<string, object> bound, IReadOnlyDictionary<string, ScriptBlock> switchScripts)
    {
        _parameters = parameters;
        foreach ((string name, object value) in bound)
        {
            if (!parameters.TryGetValue(name, out NotificationParameter? parameter)) continue;
            _given.Add(parameter.Name);
            if ((value as ScriptBlock ?? switchScripts.GetValueOrDefault(parameter.Name)) is { } script) _scripts.Add((parameter, script));
            else _constant.Set(parameter.Name, Read(parameter, value));
        }
    }

    /// <summary>What the command line alone says.</summary>
    public NotificationValues Constant => _constant;

    /// <summary>Whether there are script blocks, so that every input has to be looked at.</summary>
    public bool HasScripts => _scripts.Count > 0;

    /// <summary>The script blocks as they are written, by their parameters.</summary>
    public string ScriptTexts => string.Join('\n', _scripts.ConvertAll(static s => $"{s.Parameter.Name}={s.Script}"));

    /// <summary>Whether the command line says what to send, and not only headers that go with it.</summary>
    private bool HasContent => _constant.HasContent || _scripts.Exists(static s => s.Parameter.IsContent);

    /// <summary>The values for an input; the same object as before when they are the same.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: a value cannot be read, or a script block failed.</exception>
    public NotificationValues Bind(PSObject? input)
    {
        NotificationValues? values = input is null ? null : ReadProperties(input);
        foreach ((NotificationParameter parameter, ScriptBlock script) in _scripts)
        {
            values ??= new NotificationValues(_constant);
            values.Set(parameter.Name, Read(parameter, InputScript.Evaluate(parameter.Name, script, input)));
        }

        if (values is null) return _constant;
        if (_last is not null && values.Equal(_last)) return _last;
        return _last = values;
    }

    private NotificationValues? ReadProperties(PSObject input)
    {
        switch (input.BaseObject)
        {
            case string or IList:
                return null;
            case ApnsResult result:
                return ReadResult(result);
            case IDictionary row:
                NotificationValues? cells = null;
                foreach (DictionaryEntry entry in row)
                {
                    if (Find(LanguagePrimitives.ConvertTo<string>(entry.Key)) is { } parameter) ReadCell(parameter, entry.Value, ref cells);
                }

                return cells;
            default:
                NotificationValues? values = null;
                foreach (PSPropertyInfo property in input.Properties)
                {
                    if (Find(property.Name) is { } parameter) ReadCell(parameter, InputProperty.ValueOf(property, parameter.Name), ref values);
                }

                return values;
        }
    }

    /// <summary>The parameter that has its value from the input's property of this name.</summary>
    private NotificationParameter? Find(string name) =>
        _parameters.TryGetValue(name, out NotificationParameter? parameter) && !_given.Contains(parameter.Name) ? parameter : null;

    private void ReadCell(NotificationParameter parameter, object? given, ref NotificationValues? values)
    {
        values ??= new NotificationValues(_constant);

        // An empty cell of a table says nothing.
        object? value = ScriptValues.Unwrap(given);
        if (value is null or "") return;
        bool isNotification = parameter.Type == typeof(ApnsNotification);
        if (isNotification && HasContent) return;
        if (isNotification && value is not ApnsNotification) values.HasExportedNotification = true;
        else values.Set(parameter.Name, Read(parameter, value));
    }

    /// <summary>A result is sent again under its own apns-id, and as what it was, unless the command line says what else to send.</summary>
    private NotificationValues ReadResult(ApnsResult result)
    {
        var values = new NotificationValues(_constant);
        if (result.ApnsId != default && !_given.Contains("ApnsId")) values.Set("ApnsId", result.ApnsId);
        if (HasContent) return values;
        if (result.Notification is null) throw new ApnsException(ApnsErrorKind.InvalidNotification, "The result carries no notification: none could be made for its input. Say what to send.");
        values.Set("Notification", result.Notification);
        return values;
    }

    private static object? Read(NotificationParameter parameter, object? value)
    {
        try
        {
            return NotificationValue.Read(value, parameter.Type);
        }
        catch (Exception e) when (e is not (PipelineStoppedException or FlowControlException))
        {
            // Lists and properties are the code of others, and what that throws is the input's misfortune alone.
            throw Unusable(parameter, e.Message, parameter.Type == typeof(Guid) ? ApnsReasons.BadMessageId : null, e);
        }
    }

    private static ApnsException Unusable(NotificationParameter parameter, string why, string? reason, Exception cause) =>
        new(ApnsErrorKind.InvalidNotification, $"-{parameter.Name}: {why}", cause) { Reason = reason };
}

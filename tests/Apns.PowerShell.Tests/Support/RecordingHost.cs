using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Apns.PowerShell.Tests;

/// <summary>A host that remembers what it was told, and answers questions from a list.</summary>
internal sealed class RecordingHost : PSHost
{
    private readonly RecordingUI _ui = new();

    /// <summary>Answers to come, by the choices' labels without <c>&amp;</c>, for example Yes, No, Yes to All.</summary>
    public Queue<string> Answers => _ui.Answers;

    /// <summary>Questions asked.</summary>
    public IReadOnlyList<string> Questions => _ui.Questions;

    /// <summary>All that was written.</summary>
    public string Text => _ui.Text;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Apns tests";

    public override PSHostUserInterface UI => _ui;

    public override Version Version => new(1, 0);

    public void Clear() => _ui.Clear();

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class RecordingUI : PSHostUserInterface
    {
        private readonly StringBuilder _text = new();
        private readonly List<string> _questions = [];

        public Queue<string> Answers { get; } = new();

        public IReadOnlyList<string> Questions => _questions;

        public string Text
        {
            get { lock (_text) return _text.ToString(); }
        }

        public override PSHostRawUserInterface? RawUI => null;

        public void Clear()
        {
            lock (_text) _text.Clear();
            _questions.Clear();
        }

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            _questions.Add(message);
            string answer = Answers.Dequeue();
            for (int i = 0; i < choices.Count; i++)
            {
                if (choices[i].Label.Replace("&", "", StringComparison.Ordinal) == answer) return i;
            }

            throw new InvalidOperationException($"There is no choice '{answer}'.");
        }

        public override void Write(string value) => Append(value);

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Append(value);

        public override void WriteLine(string value) => Append(value + "\n");

        public override void WriteErrorLine(string value) => Append(value + "\n");

        public override void WriteDebugLine(string message) => Append(message + "\n");

        public override void WriteVerboseLine(string message) => Append(message + "\n");

        public override void WriteWarningLine(string message) => Append(message + "\n");

        public override void WriteProgress(long sourceId, ProgressRecord record) => Append(record + "\n");

        public override string ReadLine() => throw new NotSupportedException();

        public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            throw new NotSupportedException();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            throw new NotSupportedException();

        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
            throw new NotSupportedException();

        private void Append(string text)
        {
            lock (_text) _text.Append(text);
        }
    }
}

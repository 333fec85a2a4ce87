// Calls the rules that are about a document's kind.
#pragma once

#include "lib/config/validate/checker.h"

namespace ichor::config {

// Calls `rule(checker, message)` if the document is of the rule's kind.
template <class Message>
void CallIfOfKind(Checker& checker, void (*rule)(Checker&, const Message&)) {
  const Document& document = checker.document();
  if (document.kind->shape->type != Message::descriptor()) return;
  rule(checker, static_cast<const Message&>(*document.message));
}

template <class... Messages>
void Dispatch(Checker& checker, void (*... rules)(Checker&, const Messages&)) {
  (CallIfOfKind(checker, rules), ...);
}

}  // namespace ichor::config

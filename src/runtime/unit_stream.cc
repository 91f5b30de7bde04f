#include "runtime/unit_stream.h"

#include <utility>

#include "runtime/dispatcher.h"

namespace reelbatch::runtime {

bool UnitStream::Push(components::Bytes data) { return dispatcher.Push(*this, std::move(data)); }

}  // namespace reelbatch::runtime

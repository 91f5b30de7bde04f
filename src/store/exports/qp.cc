#include "store/exports/qp.h"

#include <fmt/format.h>

namespace reelbatch::store {

std::string CutsQp(const contracts::EventList& record) {
  std::string text;
  for (const contracts::Shot& shot : record.shots)
    text += fmt::format("{} I -1\n", shot.start_frame);
  return text;
}

}  // namespace reelbatch::store

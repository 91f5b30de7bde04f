#include "store/features_npz.h"

#include <array>
#include <vector>

#include "base/json_text.h"
#include "store/npz.h"

namespace reelbatch::store {

using base::Json;
using base::OneLine;

namespace {

std::string DescrOf(contracts::ElementType type) {
  constexpr std::array<const char*, 4> kDescr = {"<f4", "<i4", "<i8", "|u1"};
  return kDescr[static_cast<size_t>(type)];
}

}  // namespace

base::Result<std::string> FeaturesNpz(const contracts::FeatureResult& features,
                                      const ArtifactIdentity& identity) {
  std::vector<NpyArray> arrays;
  for (const contracts::Tensor& array : features.arrays) {
    arrays.push_back({.name = array.name,
                      .descr = DescrOf(array.type),
                      .shape = array.shape,
                      .bytes = array.bytes});
  }
  Json meta = IdentityMeta(identity);
  if (!features.meta.empty()) {
    const Json own = Json::parse(features.meta, nullptr, false);
    if (!own.is_object())
      return base::Fail(base::Code::kInternal, "its meta is no JSON object",
                        identity.key.component);
    meta.update(own);
  }
  arrays.push_back(Unicode("meta", OneLine(meta)));
  return Npz(arrays);
}

}  // namespace reelbatch::store

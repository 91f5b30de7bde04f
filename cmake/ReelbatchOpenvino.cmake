# Models in process need OpenVINO, which comes in a Python package (tools/fetch-models). Where it is not, the program builds without:
# REELBATCH_OPENVINO says which.
file(GLOB packages "${PROJECT_SOURCE_DIR}/models/.venv/lib/python3*/site-packages/openvino/cmake")
find_package(OpenVINO QUIET COMPONENTS Runtime HINTS ${packages})
if(OpenVINO_FOUND)
  option(REELBATCH_OPENVINO "Run models in process (OpenVINO)" ON)
else()
  set(REELBATCH_OPENVINO OFF)
  message(STATUS "No OpenVINO: models cannot run in process. tools/fetch-models fetches it.")
endif()
